import { onScopeDispose } from "vue";

/** Calls `read` now and every `interval` ms, while the page is visible, until the calling scope ends. */
export function usePolling(read: () => Promise<void>, interval: number): void {
  const poll = (): void => {
    if (!document.hidden) void read();
  };
  poll();
  const timer = setInterval(poll, interval);
  onScopeDispose(() => clearInterval(timer));
}
