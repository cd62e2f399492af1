import type { Filter, RealtimeDocument } from "@footfall/client";
import { computed, type Ref, ref, watch } from "vue";
import type { Site } from "../api.js";

export interface UseQuietReturn {
  /** Whether no event arrived in the server's retention. */
  readonly isQuiet: Readonly<Ref<boolean>>;
  /** Whether no event ever arrived. Only a site's admins are told. */
  readonly isNew: Readonly<Ref<boolean>>;
}

/** Whether a site is quiet. Under a filter it never counts as quiet, since a filter hides events. */
export function useQuiet(
  data: Readonly<Ref<RealtimeDocument | null>>,
  filter: () => Filter,
  site: Readonly<Ref<Site | null>>,
): UseQuietReturn {
  const isActive = computed(() => {
    const document = data.value;
    if (document === null) return false;
    const counted = document.perMinute.some((row) => row.pageViews > 0 || row.visitors > 0);
    return counted || document.currentVisitors > 0 || document.presentVisitors > 0;
  });
  const isQuiet = computed(
    () => data.value !== null && !isActive.value && Object.keys(filter()).length === 0,
  );
  // `site` was read when the page was opened, so later events are remembered here.
  const wasActive = ref(false);
  watch(isActive, () => (wasActive.value = true));
  const isNew = computed(() => isQuiet.value && !wasActive.value && site.value?.firstEvent === null);
  return { isQuiet, isNew };
}
