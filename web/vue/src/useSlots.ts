import { computed, type ComputedRef } from "vue";

/**
 * A key for each row: its own for as long as it stays, and then that of a row that comes. So rows
 * that leave lend their elements to others, which costs a page far less than making them anew.
 */
export function useSlots(rows: () => readonly { readonly id: string }[]): ComputedRef<number[]> {
  let held: ReadonlyMap<string, number> = new Map();
  return computed(() => {
    const ids = rows().map((row) => row.id);
    const free = freeSlots(ids.map((id) => held.get(id)));
    const slots = ids.map((id) => held.get(id) ?? Number(free.next().value));
    held = new Map(ids.map((id, index) => [id, slots[index] ?? 0]));
    return slots;
  });
}

function* freeSlots(taken: readonly (number | undefined)[]): Generator<number> {
  const known = new Set(taken);
  for (let slot = 0; ; slot += 1) if (!known.has(slot)) yield slot;
}
