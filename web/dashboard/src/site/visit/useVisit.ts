import type { VisitDocument, VisitRow } from "@footfall/client";
import { type Ref, ref, type ShallowRef, shallowRef, watch } from "vue";
import { ApiError, call, sitePath } from "../../api.js";
import { usePolling } from "../../composables/usePolling.js";

const POLL_MS = 3000;
const GONE = 404;

/** A row of the feed, or a visit of the list of those who are here. */
export type VisitChoice = { readonly event: string } | { readonly visit: string };

export interface UseVisitReturn {
  /** Null until it arrives. */
  readonly visit: Readonly<ShallowRef<VisitDocument | null>>;
  /** Why there is none; null while there may be. */
  readonly problem: Readonly<Ref<string | null>>;
}

/** One visit, kept current. */
export function useVisit(
  siteId: string,
  token: string | undefined,
  choice: () => VisitChoice,
): UseVisitReturn {
  const visit = shallowRef<VisitDocument | null>(null);
  const problem = ref<string | null>(null);
  const path = `${sitePath(siteId)}/visits`;

  /** The id of the chosen visit; null if the server no longer knows it. */
  async function idOf(chosen: VisitChoice): Promise<string | null> {
    if ("visit" in chosen) return chosen.visit;
    const query = new URLSearchParams({ event: chosen.event }).toString();
    const [row] = await call<VisitRow[]>(`${path}?${query}`, { token });
    return row?.id ?? null;
  }

  async function read(chosen: VisitChoice): Promise<void> {
    try {
      const id = visit.value?.id ?? (await idOf(chosen));
      const found = id === null ? null : await call<VisitDocument>(`${path}/${id}`, { token });
      if (chosen !== choice()) return;
      visit.value = found;
      problem.value = found === null ? "This visit is over, and too long ago to be shown." : null;
    } catch (error) {
      if (chosen !== choice()) return;
      const isGone = error instanceof ApiError && error.status === GONE;
      if (visit.value === null || !isGone) problem.value = (error as Error).message;
    }
  }
  watch(choice, (chosen) => {
    visit.value = problem.value = null;
    void read(chosen);
  });
  usePolling(() => read(choice()), POLL_MS);
  return { visit, problem };
}
