import { computed, type ComputedRef } from "vue";

/**
 * A key for each row, which it keeps while it is shown. A new row takes over the key of a row that
 * is gone, and with it the row's element. Vue reuses that element, which is far cheaper than a new
 * one.
 */
export function useRowKeys(rows: () => readonly { readonly id: string }[]): ComputedRef<number[]> {
  let previous: ReadonlyMap<string, number> = new Map();
  return computed(() => {
    const ids = rows().map((row) => row.id);
    const free = freeKeys(ids.map((id) => previous.get(id)));
    const keys = ids.map((id) => previous.get(id) ?? Number(free.next().value));
    previous = new Map(ids.map((id, index) => [id, keys[index] ?? 0]));
    return keys;
  });
}

function* freeKeys(taken: readonly (number | undefined)[]): Generator<number> {
  const known = new Set(taken);
  for (let key = 0; ; key += 1) if (!known.has(key)) yield key;
}
