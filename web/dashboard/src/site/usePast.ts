import type { ConcurrencyDocument } from "@footfall/client";
import { type ComputedRef, computed, onScopeDispose, type Ref, shallowRef, watch } from "vue";
import { call, type Site, sitePath } from "../api.js";
import { mayReadPast } from "../session.js";

export interface UsePastReturn {
  /** The usual page views of minutes of today, by minute in UTC, as in `2026-01-15T10:26`. */
  readonly usualViews: ComputedRef<ReadonlyMap<string, number>>;
  /** The visitors that are usual in the last minute that has passed; null when that is not known. */
  readonly usualVisitors: ComputedRef<number | null>;
  /** The most visitors at once today, up to the last minute that has passed; null if none is kept. */
  readonly peak: ComputedRef<number | null>;
}

const REFRESH_MS = 60_000;
const MINUTE_MS = 60_000;
/** As far back as the minute bars may go. */
const SPAN_MS = 60 * MINUTE_MS;
/** Of `2026-01-15` in a time of the site's zone. */
const DATE_LENGTH = 10;

/**
 * What lies behind the live numbers of a site, once it is known that the reader may see it. A
 * server that keeps no minutes has none.
 */
export function usePast(
  site: Readonly<Ref<Site | null>>,
  token: string | undefined,
): UsePastReturn {
  const near = shallowRef<ConcurrencyDocument | null>(null);
  const day = shallowRef<ConcurrencyDocument | null>(null);

  /** When `near` was read last, in ms. */
  let readAt = 0;

  /** What passed since the day was read is in `near`, unless a hidden tab has missed some of it. */
  function isDayKnown(): boolean {
    const today = near.value?.rows.at(-1)?.time.slice(0, DATE_LENGTH);
    const isSameDay = today !== undefined && day.value?.from.startsWith(today) === true;
    return isSameDay && Date.now() - readAt < SPAN_MS;
  }

  async function refresh(siteId: string): Promise<void> {
    if (document.hidden) return;
    const read = (query: Record<string, string>): Promise<ConcurrencyDocument> =>
      call(`${sitePath(siteId)}/concurrency?${new URLSearchParams(query).toString()}`, { token });
    const from = new Date(Date.now() - SPAN_MS).toISOString();
    const to = new Date(Date.now() + MINUTE_MS).toISOString();
    try {
      near.value = await read({ from, to });
      if (!isDayKnown()) day.value = await read({ step: "1h" });
      readAt = Date.now();
    } catch {
      near.value = day.value = null;
    }
  }
  let timer: ReturnType<typeof setInterval> | undefined;
  watch(site, (found) => {
    clearInterval(timer);
    if (found === null || !mayReadPast(found, token)) return;
    void refresh(found.id);
    timer = setInterval(() => void refresh(found.id), REFRESH_MS);
  });
  onScopeDispose(() => clearInterval(timer));

  const usualViews = computed(
    () => new Map((near.value?.usual ?? []).map((row) => [inUtc(row.time), row.pageViews])),
  );
  const usualVisitors = computed(() => {
    const last = near.value?.rows.at(-1)?.time;
    return near.value?.usual.find((row) => row.time === last)?.currentVisitors ?? null;
  });
  const peak = computed(() => {
    if (day.value === null) return null;
    const today = day.value.from.slice(0, DATE_LENGTH);
    const since = near.value?.rows.filter((row) => row.time.startsWith(today)) ?? [];
    const most = Math.max(0, ...[...day.value.rows, ...since].map((row) => row.currentVisitors));
    return most > 0 ? most : null;
  });
  return { usualViews, usualVisitors, peak };
}

/** `2026-01-15T10:26`, from a time with an offset. */
function inUtc(time: string): string {
  return new Date(time).toISOString().slice(0, 16);
}
