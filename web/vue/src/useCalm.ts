import type { RecentEvent } from "@footfall/client";
import { onScopeDispose, type Ref, type ShallowRef, watch } from "vue";

/** So many new rows at once can be followed. */
const FEW = 3;
/** After more than a few, how long the reader has for them, in ms each and at most. */
const EACH = 100;
const LONGEST = 1000;

/**
 * Lets `shown` follow `rows`, at a pace a reader can follow however many come, and not while
 * `held`.
 */
export function useCalm(
  rows: Readonly<Ref<readonly RecentEvent[]>>,
  held: Readonly<Ref<boolean>>,
  shown: ShallowRef<readonly RecentEvent[]>,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(): void {
    timer = undefined;
    if (held.value || shown.value === rows.value) return;
    const seen = new Set(shown.value.map((row) => row.id));
    const first = seen.size === 0;
    const fresh = rows.value.filter((row) => !seen.has(row.id)).length;
    shown.value = rows.value;
    if (fresh > FEW && !first) timer = setTimeout(take, Math.min(LONGEST, fresh * EACH));
  }

  watch([rows, held], () => timer ?? take(), { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
}
