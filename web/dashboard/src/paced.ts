import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

/**
 * Follows `source` at once after a pause of `interval` ms, and then no more often than that: what
 * changes faster nobody can read, and the page is drawn for nothing.
 */
export function usePaced<T>(source: () => T, interval: number): Readonly<ShallowRef<T>> {
  const paced = shallowRef(source()) as ShallowRef<T>;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: T = paced.value;

  function take(): void {
    timer = undefined;
    if (paced.value === latest) return;
    paced.value = latest;
    timer = setTimeout(take, interval);
  }

  watch(source, (value) => {
    latest = value;
    if (timer === undefined) take();
  });
  onScopeDispose(() => clearTimeout(timer));
  return paced;
}
