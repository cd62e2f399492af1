import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

const INTERVAL_MS = 30_000;
/** Five minutes of counts. */
const KEPT = 10;
/** A row rises when it has half as many visitors again, and so many more. */
const FACTOR = 1.5;
const MORE = 3;

/**
 * The labels of rows that have clearly more visitors than up to five minutes ago, decided every
 * half minute. `subject` is what the rows are about: with another one it begins again.
 */
export function useRising(
  counts: () => ReadonlyMap<string, number>,
  subject: () => string,
): Readonly<ShallowRef<ReadonlySet<string>>> {
  const rising = shallowRef<ReadonlySet<string>>(new Set());
  let before: ReadonlyMap<string, number>[] = [];

  function decide(): void {
    const now = counts();
    const [then] = before;
    before = [...before, now].slice(-KEPT);
    if (then === undefined || then.size === 0) return;
    const isRising = ([label, count]: [string, number]): boolean => {
      const old = then.get(label) ?? 0;
      return count >= old * FACTOR && count >= old + MORE;
    };
    rising.value = new Set([...now].filter(isRising).map(([label]) => label));
  }
  watch(subject, () => {
    before = [];
    rising.value = new Set();
  });
  const timer = setInterval(decide, INTERVAL_MS);
  onScopeDispose(() => clearInterval(timer));
  return rising;
}
