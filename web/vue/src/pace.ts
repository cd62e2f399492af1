/** How fast a reader can follow. */

import type { RecentEvent } from "@footfall/client";

/** So many new events at once can be followed. */
const FEW = 3;
/** After more than a few, how long the reader has for them, in ms each and at most. */
const EACH = 100;
const LONGEST = 1000;

/** How long in ms a reader has for the events `now`, of which some stood there `before`. */
export function timeToRead(now: readonly RecentEvent[], before: readonly RecentEvent[]): number {
  const fresh = newTo(before, now);
  return fresh <= FEW ? 0 : Math.min(LONGEST, fresh * EACH);
}

/** How many of the events `now` were not there `before`; none is new to an empty list. */
export function newTo(before: readonly RecentEvent[], now: readonly RecentEvent[]): number {
  const ids = new Set(before.map((row) => row.id));
  return ids.size === 0 ? 0 : now.filter((row) => !ids.has(row.id)).length;
}
