import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

export interface Pace<T> {
  /** For how many ms after `now` was taken, in the place of `before`, nothing else is. */
  pause(now: T, before: T): number;
  /** Nothing is taken while this says so. */
  held?(): boolean;
  /** What the source tells of. The first value of another subject is taken at once. */
  subject?(): unknown;
}

/**
 * How long before or after the end of a pause, in ms, the next value may be taken. So it is taken
 * together with a change that comes then, and the page is drawn once for both.
 */
const SLACK = 100;

/**
 * Follows `source` at once after a pause, and then no more often than that: what changes faster
 * nobody can read, and the page is drawn for nothing.
 */
export function usePaced<T>(source: () => T, pace: Pace<T>): Readonly<ShallowRef<T>> {
  const paced = shallowRef(source()) as ShallowRef<T>;
  let subject = pace.subject?.();
  let over = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(): void {
    clearTimeout(timer);
    timer = undefined;
    const latest = source();
    if (pace.held?.() || latest === paced.value) return;
    over = performance.now() + pace.pause(latest, paced.value);
    subject = pace.subject?.();
    paced.value = latest;
  }

  watch([source, () => pace.held?.()], () => {
    const left = pace.subject?.() === subject ? over - performance.now() : 0;
    if (left <= SLACK) take();
    else timer ??= setTimeout(take, left + SLACK);
  });
  onScopeDispose(() => clearTimeout(timer));
  return paced;
}
