import { type Ref, ref, watch } from "vue";

export interface UseChosenBarReturn {
  /** The index of the bar whose numbers are shown; null if none is chosen. */
  readonly chosen: Readonly<Ref<number | null>>;
  /** Chooses the bar under the pointer, of an element with all of them side by side. */
  point(event: PointerEvent): void;
  /** The arrow keys go from bar to bar; Escape lets go. */
  press(event: KeyboardEvent): void;
  leave(): void;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  Home: -Infinity,
  End: Infinity,
};

/** The bar of a chart that the pointer or the keys choose, out of `count` bars. */
export function useChosenBar(count: () => number): UseChosenBarReturn {
  const chosen = ref<number | null>(null);
  watch(count, () => (chosen.value = null));
  const within = (index: number): number => Math.min(count() - 1, Math.max(0, index));

  function point(event: PointerEvent): void {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    if (count() > 0) chosen.value = within(Math.floor(((event.clientX - left) / width) * count()));
  }
  function press(event: KeyboardEvent): void {
    if (event.key === "Escape") chosen.value = null;
    const step = STEPS[event.key];
    if (step === undefined || count() === 0) return;
    event.preventDefault();
    chosen.value = within((chosen.value ?? (step > 0 ? -1 : count())) + step);
  }
  function leave(): void {
    chosen.value = null;
  }
  return { chosen, point, press, leave };
}
