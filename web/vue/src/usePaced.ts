import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

/**
 * How long before or after the end of a pause, in ms, the next value may be taken. So it is taken
 * together with a change that comes then, and the page is drawn once for both.
 */
const SLACK = 100;

/**
 * Follows `source` at once after a pause, and then no more often than that: what changes faster
 * nobody can read, and the page is drawn for nothing. `pause` is in ms, perhaps told by what was
 * taken and what stood there before. Nothing is taken while `held`.
 */
export function usePaced<T>(
  source: () => T,
  pause: (now: T, before: T) => number,
  held: () => boolean = () => false,
): Readonly<ShallowRef<T>> {
  const paced = shallowRef(source()) as ShallowRef<T>;
  let over = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(): void {
    clearTimeout(timer);
    timer = undefined;
    const latest = source();
    if (held() || latest === paced.value) return;
    over = performance.now() + pause(latest, paced.value);
    paced.value = latest;
  }

  watch([source, held], () => {
    const left = over - performance.now();
    if (left <= SLACK) take();
    else timer ??= setTimeout(take, left + SLACK);
  });
  onScopeDispose(() => clearTimeout(timer));
  return paced;
}
