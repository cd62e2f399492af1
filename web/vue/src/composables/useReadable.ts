import {
  type RealtimeConfig,
  type RealtimeDocument,
  realtimeKey,
  type RecentEvent,
} from "@footfall/client";
import type { Ref, ShallowRef } from "vue";
import { usePaced } from "./usePaced.js";

/** Up to this many new events at once need no pause. */
const FEW_EVENTS = 3;
/** Beyond that, how many ms a person gets for each new event, and for all of them at most. */
const MS_PER_EVENT = 100;
const MAX_PAUSE = 1000;

/**
 * The document at a pace at which its lists can be read. It follows at once while few events
 * arrive and when `config` changes. In a flood of events it pauses for up to a second.
 */
export function useReadable(
  data: Readonly<Ref<RealtimeDocument | null>>,
  config: () => RealtimeConfig,
): Readonly<ShallowRef<RealtimeDocument | null>> {
  return usePaced(() => data.value, {
    pause: (document, previous) =>
      readingTime(document?.recentEvents ?? [], previous?.recentEvents ?? []),
    subject: () => realtimeKey(config()),
  });
}

/** How many ms a person needs for the `events` that are not among the `previous` ones. */
export function readingTime(events: readonly RecentEvent[], previous: readonly RecentEvent[]): number {
  const fresh = countNew(events, previous);
  return fresh <= FEW_EVENTS ? 0 : Math.min(MAX_PAUSE, fresh * MS_PER_EVENT);
}

/** How many `events` are not among the `previous` ones; 0 if there were none before. */
export function countNew(events: readonly RecentEvent[], previous: readonly RecentEvent[]): number {
  const ids = new Set(previous.map((row) => row.id));
  return ids.size === 0 ? 0 : events.filter((row) => !ids.has(row.id)).length;
}
