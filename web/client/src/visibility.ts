/** A quick look at another tab does not drop the connection. */
const GRACE = 10_000;

/** Calls back when the page has been hidden for a while, and when it is shown again. */
export function watchVisibility(hidden: () => void, shown: () => void): () => void {
  if (typeof document === "undefined") return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(hidden, GRACE);
    else shown();
  };
  document.addEventListener("visibilitychange", changed);
  if (document.hidden) changed();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", changed);
  };
}

/** Calls back when the network has come back. */
export function watchOnline(online: () => void): () => void {
  if (typeof window === "undefined") return () => {};
  window.addEventListener("online", online);
  return () => window.removeEventListener("online", online);
}
