/** The same function, except that errors in it never reach the page. */
export const safe =
  <A extends unknown[]>(work: (...args: A) => unknown) =>
  (...args: A): void => {
    try {
      work(...args);
    } catch {
      // A lost event is better than a broken page.
    }
  };

/** Listens in the capture phase, where the page's own handlers cannot stop the event. */
export const on = <E extends Event>(
  target: EventTarget,
  type: string,
  listener: (event: E) => unknown,
): void => target.addEventListener(type, safe(listener) as EventListener, true);
