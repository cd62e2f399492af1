import type { StatsFilter } from "@footfall/client";
import { type ComputedRef, computed, type Ref, type ShallowRef, shallowRef } from "vue";
import { NARROW, useMediaQuery } from "../composables/useMediaQuery.js";
import { toggled } from "../location.js";
import type { BreakdownList } from "./breakdowns.js";

/** The same empty list every time, so that a list without rows does not render again. */
export const NO_ROWS: readonly never[] = [];

export interface UseListsReturn {
  readonly narrow: Readonly<Ref<boolean>>;
  /** How many rows a card shows. */
  readonly rows: ComputedRef<{ readonly main: number; readonly small: number }>;
  /** The list of which all rows are shown; null if none is. */
  readonly opened: ShallowRef<BreakdownList | null>;
  rowsOf(section: string): readonly object[];
  /** Filters by a row, or no longer. */
  choose(key: BreakdownList["filter"], value: string): void;
  /** The label of the row that is filtered by. */
  selected(list: BreakdownList): string | undefined;
}

/** The lists of a page's document, and the filter that a click on their rows changes. */
export function useLists(document: () => object | null, filter: Ref<StatsFilter>): UseListsReturn {
  const narrow = useMediaQuery(NARROW);
  const rows = computed(() => (narrow.value ? { main: 5, small: 3 } : { main: 10, small: 4 }));
  return {
    narrow,
    rows,
    opened: shallowRef(null),
    rowsOf: (section) =>
      (document() as Record<string, readonly object[]> | null)?.[section] ?? NO_ROWS,
    choose(key, value) {
      if (key !== null) filter.value = toggled(filter.value, key, value);
    },
    selected: (list) => (list.filter === null ? undefined : filter.value[list.filter]),
  };
}
