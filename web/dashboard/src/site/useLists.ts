import type { StatsFilter } from "@footfall/client";
import { UNKNOWN } from "@footfall/vue";
import { type ComputedRef, computed, type Ref, type ShallowRef, shallowRef } from "vue";
import { NARROW, useMediaQuery } from "../composables/useMediaQuery.js";
import { toggled } from "../location.js";
import type { BreakdownList, Lists } from "./breakdowns.js";

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
  /** What the card of some lists is bound to. */
  card(lists: Lists, maxItems: number): BreakdownBinding;
}

interface BreakdownBinding {
  readonly list: BreakdownList;
  readonly lists: readonly BreakdownList[];
  readonly items: readonly object[];
  readonly maxItems: number;
  readonly selected: string | undefined;
  onSelect(label: string): void;
  onAll(): void;
  onChoose(section: string): void;
}

/** The lists of a page's document, and the filter that a click on their rows changes. */
export function useLists(document: () => object | null, filter: Ref<StatsFilter>): UseListsReturn {
  const narrow = useMediaQuery(NARROW);
  const rows = computed(() => (narrow.value ? { main: 5, small: 3 } : { main: 10, small: 4 }));
  const opened = shallowRef<BreakdownList | null>(null);
  const rowsOf = (section: string): readonly object[] =>
    (document() as Record<string, readonly object[]> | null)?.[section] ?? NO_ROWS;
  const choose = (key: BreakdownList["filter"], value: string): void => {
    if (key !== null) filter.value = toggled(filter.value, key, value);
  };
  const selected = (list: BreakdownList): string | undefined =>
    list.filter === null ? undefined : filter.value[list.filter];
  /** The section that each card shows, by the first of its lists. */
  const chosen = shallowRef<Readonly<Record<string, string>>>({});
  const card = (lists: Lists, maxItems: number): BreakdownBinding => {
    const [first] = lists;
    const list = lists.find((each) => each.section === chosen.value[first.section]) ?? first;
    return {
      list,
      lists: lists.filter((each) => each === first || each === list || isTold(each)),
      items: rowsOf(list.section),
      maxItems,
      selected: selected(list),
      onSelect: (label) => choose(list.filter, label),
      onAll: () => (opened.value = list),
      onChoose: (section) => (chosen.value = { ...chosen.value, [first.section]: section }),
    };
  };
  /** A list of which nothing is known, as of cities without a database, is not offered. */
  const isTold = ({ section, labelKey }: BreakdownList): boolean =>
    rowsOf(section).some((row) => (row as Record<string, unknown>)[labelKey] !== UNKNOWN);
  return { narrow, rows, opened, rowsOf, choose, selected, card };
}
