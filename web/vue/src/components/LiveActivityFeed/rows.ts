/** The rows of the feed: single events, and in a flood equal ones together. */

import type { RecentEvent } from "@footfall/client";

/** The newest of `count` events that look alike. */
export type FeedRow = RecentEvent & { readonly count: number };

/** When so many events come within so many ms, nobody can read them one by one. */
const FLOOD_EVENTS = 20;
const FLOOD_MS = 4000;

/** What an event is about. */
export function what(row: RecentEvent): string {
  if (row.type === "pageview") return row.path;
  if (row.type === "outbound") return row.url.replace(/^https?:\/\//, "");
  return row.name;
}

/** In a flood, what happened often is one row, in the place of the newest of them. */
export function grouped(events: readonly RecentEvent[]): FeedRow[] {
  if (!isFlood(events)) return events.map((event) => ({ ...event, count: 1 }));
  const rows = new Map<string, { event: RecentEvent; count: number }>();
  for (const event of events) {
    const key = `${event.type} ${what(event)}`;
    const row = rows.get(key);
    if (row) row.count += 1;
    else rows.set(key, { event, count: 1 });
  }
  return [...rows.values()].map(({ event, count }) => ({ ...event, count }));
}

function isFlood(events: readonly RecentEvent[]): boolean {
  const [newest, oldest] = [events[0], events[FLOOD_EVENTS - 1]];
  if (!newest || !oldest) return false;
  return Date.parse(newest.timestamp) - Date.parse(oldest.timestamp) < FLOOD_MS;
}

const ENDING = /\s+[·|–—-]\s+[^·|–—]+$/;

/** " · My shop", if most of the different titles end with it; else "". */
export function sharedEnding(titles: readonly (string | undefined)[]): string {
  const different = new Set(titles.filter((title) => title !== undefined));
  const counts = new Map<string, number>();
  for (const title of different) {
    const ending = ENDING.exec(title)?.[0];
    if (ending) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const most = [...counts].find(([, count]) => count > 1 && count > different.size / 2);
  return most?.[0] ?? "";
}

export function withoutEnding(title: string | undefined, ending: string): string | undefined {
  return title !== undefined && ending !== "" && title.endsWith(ending)
    ? title.slice(0, -ending.length)
    : title;
}
