import { computed, type ComputedRef, onScopeDispose, ref } from "vue";
import { NARROW, useMediaQuery } from "./useMediaQuery.js";

export interface Room {
  /** How many rows the large lists and the small ones have room for. */
  readonly main: number;
  readonly small: number;
}

/** What fits a window of this height, in px, on a wide screen. */
const USUAL: Room = { main: 10, small: 4 };
const USUAL_HEIGHT = 900;
const ON_A_PHONE: Room = { main: 5, small: 3 };
const WIDE = "(min-width: 1200px)";
const ROW_HEIGHT = 32;
/** Of further rows, this share goes to the large lists. */
const MAIN_SHARE = 0.7;

/** The height in px of the cards above the lists. */
const TOP = 232;
/** Of what no list takes, this share makes them taller. */
const TOP_SHARE = 2 / 3;

export interface UseRoomReturn {
  readonly room: ComputedRef<Room>;
  /** The height in px of the cards above lists of `rows` rows. */
  top(rows: Room): number;
}

/** A tall window has room for more rows, and for taller cards above few of them. */
export function useRoom(): UseRoomReturn {
  const narrow = useMediaQuery(NARROW);
  const wide = useMediaQuery(WIDE);
  const height = ref(pageHeight());
  const update = (): void => {
    height.value = pageHeight();
  };
  addEventListener("resize", update);
  onScopeDispose(() => removeEventListener("resize", update));
  const room = computed(() => {
    if (narrow.value) return ON_A_PHONE;
    if (!wide.value) return USUAL;
    const further = Math.max(0, Math.floor((height.value - USUAL_HEIGHT) / ROW_HEIGHT));
    const main = Math.ceil(further * MAIN_SHARE);
    return { main: USUAL.main + main, small: USUAL.small + further - main };
  });
  function top({ main, small }: Room): number {
    const missing = USUAL.main + USUAL.small - main - small;
    const left = height.value - USUAL_HEIGHT + missing * ROW_HEIGHT;
    return TOP + Math.max(0, Math.floor(left * TOP_SHARE));
  }
  return { room, top };
}

/** The height of the window in the page's own px, which very large screens enlarge. */
function pageHeight(): number {
  const zoom = Number(getComputedStyle(document.documentElement).getPropertyValue("--zoom"));
  return innerHeight / (zoom || 1);
}
