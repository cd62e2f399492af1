import { type RealtimeConfig, type RealtimeDocument, realtimeKey } from "@footfall/client";
import type { Ref, ShallowRef } from "vue";
import { timeToRead } from "./pace.js";
import { usePaced } from "./usePaced.js";

/**
 * The document as lists show it: at once while little happens and when `config` changes; in a flood no
 * more often than its events can be read.
 */
export function useReadable(
  data: Readonly<Ref<RealtimeDocument | null>>,
  config: () => RealtimeConfig,
): Readonly<ShallowRef<RealtimeDocument | null>> {
  return usePaced(() => data.value, {
    pause: (now, before) => timeToRead(now?.recentEvents ?? [], before?.recentEvents ?? []),
    subject: () => realtimeKey(config()),
  });
}
