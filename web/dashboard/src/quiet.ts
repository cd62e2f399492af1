import type { Filter, RealtimeDocument } from "@footfall/client";
import { computed, type Ref, ref, watch } from "vue";
import type { Site } from "./api.js";

export interface UseQuiet {
  /** Nothing came for as long as the window remembers. */
  readonly isQuiet: Readonly<Ref<boolean>>;
  /** Nothing ever came. Only a site's admins are told. */
  readonly isNew: Readonly<Ref<boolean>>;
}

/** Whether a site is quiet. A filter hides too much to tell. */
export function useQuiet(
  data: Readonly<Ref<RealtimeDocument | null>>,
  filter: () => Filter,
  site: Readonly<Ref<Site | null>>,
): UseQuiet {
  const counted = computed(() => {
    const held = data.value;
    if (held === null) return false;
    const came = held.perMinute.some((row) => row.pageViews > 0 || row.visitors > 0);
    return came || held.currentVisitors > 0 || held.presentVisitors > 0;
  });
  const isQuiet = computed(
    () => data.value !== null && !counted.value && Object.keys(filter()).length === 0,
  );
  // The server was asked once, when the page was opened.
  const hasCome = ref(false);
  watch(counted, () => (hasCome.value = true));
  const isNew = computed(() => isQuiet.value && !hasCome.value && site.value?.hasEvents === false);
  return { isQuiet, isNew };
}
