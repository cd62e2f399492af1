import type { StatsFilter, StatsFilterKey } from "@footfall/client";
import { UNKNOWN } from "@footfall/vue";
import { type ComputedRef, computed, type Ref, type ShallowRef, shallowRef, watch } from "vue";
import { type Room, useRoom } from "../composables/useRoom.js";
import { toggled } from "../location.js";
import type { BreakdownList, Lists } from "./breakdowns.js";

/** The same empty list every time, so that a list without rows does not render again. */
export const NO_ROWS: readonly never[] = [];
/** A card is at least so many rows high. */
const FEWEST = 3;

export interface UseListsOptions {
  /** The document with the rows; null until it arrives. */
  document(): object | null;
  /**
   * For each filter, the document without it: where the list of the chosen row finds the other
   * rows.
   */
  contexts(): ReadonlyMap<StatsFilterKey, { readonly value: object | null }>;
  readonly filter: Ref<StatsFilter>;
  /** The cards of the page. */
  cards(): { readonly main: readonly Lists[]; readonly small: readonly Lists[] };
}

export interface UseListsReturn {
  /** How many rows each card has. */
  readonly rows: ComputedRef<Room>;
  /** The height in px of the cards above the lists, where they stand beside each other. */
  readonly top: ComputedRef<number>;
  /** The list of which all rows are shown; null if none is. */
  readonly opened: ShallowRef<BreakdownList | null>;
  rowsOf(list: BreakdownList): readonly object[];
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
export function useLists({ document, contexts, filter, cards }: UseListsOptions): UseListsReturn {
  const opened = shallowRef<BreakdownList | null>(null);
  const sectionOf = (from: object | null | undefined, section: string): readonly object[] =>
    (from as Record<string, readonly object[]> | null | undefined)?.[section] ?? NO_ROWS;
  const selected = (list: BreakdownList): string | undefined =>
    list.filter === null ? undefined : filter.value[list.filter];
  const labelOf = (list: BreakdownList, row: object): unknown =>
    (row as Record<string, unknown>)[list.labelKey];

  function rowsOf(list: BreakdownList): readonly object[] {
    const label = selected(list);
    if (list.filter !== null && label !== undefined) {
      const others = sectionOf(contexts().get(list.filter)?.value, list.section);
      if (others.some((row) => labelOf(list, row) === label)) return others;
    }
    return sectionOf(document(), list.section);
  }
  function choose(key: BreakdownList["filter"], value: string): void {
    if (key !== null) filter.value = toggled(filter.value, key, value);
  }

  /** The section that each card shows, by the first of its lists. */
  const chosen = shallowRef<Readonly<Record<string, string>>>({});
  const shownOf = (lists: Lists): BreakdownList =>
    lists.find((each) => each.section === chosen.value[lists[0].section]) ?? lists[0];
  /** A list of which nothing is known, as of cities without a database, is not offered. */
  const isTold = (list: BreakdownList): boolean =>
    sectionOf(document(), list.section).some((row) => labelOf(list, row) !== UNKNOWN);

  function card(lists: Lists, maxItems: number): BreakdownBinding {
    const [first] = lists;
    const list = shownOf(lists);
    return {
      list,
      lists: lists.filter((each) => each === first || each === list || isTold(each)),
      items: rowsOf(list),
      maxItems,
      selected: selected(list),
      onSelect: (label) => choose(list.filter, label),
      onAll: () => (opened.value = list),
      onChoose: (section) => (chosen.value = { ...chosen.value, [first.section]: section }),
    };
  }

  const { room, top: topOf } = useRoom();
  /** The cards of a quiet site end with their rows. They grow, but a filter shrinks no card. */
  const needed = shallowRef<Room | null>(null);
  const longest = (group: readonly Lists[]): number =>
    Math.max(FEWEST, ...group.map((lists) => sectionOf(document(), shownOf(lists).section).length));
  watch(
    document,
    (found) => {
      if (found === null) return;
      const { main, small } = cards();
      const now = { main: longest(main), small: longest(small) };
      const before = needed.value ?? now;
      if (needed.value && now.main <= before.main && now.small <= before.small) return;
      needed.value = { main: Math.max(now.main, before.main), small: Math.max(now.small, before.small) };
    },
    { immediate: true },
  );
  const rows = computed(() => ({
    main: Math.min(room.value.main, needed.value?.main ?? Infinity),
    small: Math.min(room.value.small, needed.value?.small ?? Infinity),
  }));
  const top = computed(() => topOf(rows.value));
  return { rows, top, opened, rowsOf, choose, selected, card };
}
