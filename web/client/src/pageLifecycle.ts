/** What happens to the page that a client runs in: it is hidden or shown, or comes online. */

/** Milliseconds a tab may be hidden before it counts: a short look at another tab does not. */
const HIDDEN_DELAY = 10_000;

/**
 * Calls `onHidden` when the page has been hidden for a while, and `onShown` when it is back.
 * Returns a function that stops this.
 */
export function watchVisibility(onHidden: () => void, onShown: () => void): () => void {
  if (typeof document === "undefined") return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(onHidden, HIDDEN_DELAY);
    else onShown();
  };
  document.addEventListener("visibilitychange", changed);
  if (document.hidden) changed();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", changed);
  };
}

/** Calls `onOnline` when the network connection is back. Returns a function that stops this. */
export function watchOnline(onOnline: () => void): () => void {
  if (typeof window === "undefined") return () => {};
  window.addEventListener("online", onOnline);
  return () => window.removeEventListener("online", onOnline);
}
