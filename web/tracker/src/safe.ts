/** The same function, but whatever fails in it stays in it: the host page never notices. */
export const safe =
  <A extends unknown[]>(work: (...args: A) => unknown) =>
  (...args: A): void => {
    try {
      work(...args);
    } catch {
      // Losing an event is better than breaking the page that embeds us.
    }
  };

/** Listen in the capture phase, where the page's own handlers can't stop the event. */
export const on = <E extends Event>(
  target: EventTarget,
  type: string,
  listener: (event: E) => unknown,
): void => target.addEventListener(type, safe(listener) as EventListener, true);
