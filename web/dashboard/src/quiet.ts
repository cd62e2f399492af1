import type { Filter, RealtimeDocument } from "@footfall/client";
import { computed, type Ref, watch } from "vue";
import { recall, store } from "./storage.js";

export interface UseQuiet {
  /** Nothing came for as long as the server remembers. */
  readonly isQuiet: Readonly<Ref<boolean>>;
  /** The same, and this browser never saw anything of the site. */
  readonly isNew: Readonly<Ref<boolean>>;
}

/** Whether a site is quiet. A filter hides too much to tell. */
export function useQuiet(
  data: Readonly<Ref<RealtimeDocument | null>>,
  filter: () => Filter,
): UseQuiet {
  const isQuiet = computed(() => {
    const held = data.value;
    if (held === null || Object.keys(filter()).length > 0) return false;
    const counted = held.perMinute.some((row) => row.pageViews > 0 || row.visitors > 0);
    return !counted && held.currentVisitors === 0 && held.presentVisitors === 0;
  });
  const key = computed(() => (data.value ? `footfall-seen-${data.value.siteId}` : null));
  watch([key, isQuiet], () => {
    if (key.value && !isQuiet.value) store(key.value, "1");
  });
  const isNew = computed(() => isQuiet.value && key.value !== null && recall(key.value) === null);
  return { isQuiet, isNew };
}
