import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

export interface UsePacedOptions<T> {
  /** How many ms to wait after `value` replaced `previous`. */
  pause(value: T, previous: T): number;
  /** While this is true, no value is taken. */
  held?(): boolean;
  /** What the source is about. The first value of a new subject is taken at once. */
  subject?(): unknown;
}

/**
 * Tolerance in ms around the end of a pause. A change that comes within it is taken together with
 * the waiting one, so that the page is drawn once for both.
 */
const TOLERANCE = 100;

/**
 * Follows `source`, but pauses after each value that it takes. Use it for values that change
 * faster than a person can read.
 */
export function usePaced<T>(source: () => T, options: UsePacedOptions<T>): Readonly<ShallowRef<T>> {
  const paced = shallowRef(source()) as ShallowRef<T>;
  let subject = options.subject?.();
  let pauseEnd = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(): void {
    clearTimeout(timer);
    timer = undefined;
    const latest = source();
    if (options.held?.() || latest === paced.value) return;
    pauseEnd = performance.now() + options.pause(latest, paced.value);
    subject = options.subject?.();
    paced.value = latest;
  }

  watch([source, () => options.held?.()], () => {
    const left = options.subject?.() === subject ? pauseEnd - performance.now() : 0;
    if (left <= TOLERANCE) take();
    else timer ??= setTimeout(take, left + TOLERANCE);
  });
  onScopeDispose(() => clearTimeout(timer));
  return paced;
}
