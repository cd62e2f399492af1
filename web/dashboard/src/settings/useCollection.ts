import { type ShallowRef, shallowRef } from "vue";
import { call } from "../api.js";
import { useSubmit, type UseSubmitReturn } from "../composables/useSubmit.js";

export interface UseCollectionReturn<T, Created> {
  /** Null until they arrive. */
  readonly rows: Readonly<ShallowRef<readonly T[] | null>>;
  /** The last created row, as the server answered; null again after a removal. */
  readonly created: Readonly<ShallowRef<Created | null>>;
  /** The state of the last `create` or `remove`. */
  readonly form: UseSubmitReturn;
  /** Resolves to whether the server accepted the row. */
  create(body: object): Promise<boolean>;
  remove(row: T): void;
}

/** The rows at `path` that are `included`, and ways to add and remove one. */
export function useCollection<T extends { readonly id: string }, Created extends T = T>(
  path: string,
  included: (row: T) => boolean = () => true,
): UseCollectionReturn<T, Created> {
  const rows = shallowRef<readonly T[] | null>(null);
  const created: ShallowRef<Created | null> = shallowRef(null);
  const form = useSubmit();

  async function load(): Promise<void> {
    rows.value = (await call<T[]>(path)).filter(included);
  }

  function create(body: object): Promise<boolean> {
    return form.submit(async () => {
      created.value = await call<Created>(path, { method: "POST", body });
      await load();
    });
  }

  function remove(row: T): void {
    void form.submit(async () => {
      await call(`${path}/${encodeURIComponent(row.id)}`, { method: "DELETE" });
      created.value = null;
      await load();
    });
  }

  void load().catch(() => (rows.value = []));
  return { rows, created, form, create, remove };
}
