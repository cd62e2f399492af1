/** Which sites of the overview get a tile, in which order, and which are only named. */

import type { OverviewRow } from "@footfall/client";
import { compareNames, searching } from "../names.js";

export interface Arranged {
  readonly tiles: readonly OverviewRow[];
  /** Nobody was there in all the minutes that are shown. */
  readonly idle: readonly OverviewRow[];
}

/**
 * Pinned sites first, then those with the most visitors; equal ones by name. A site where nobody
 * was is only named, unless it is pinned or all are idle. Only names with `search` in them count.
 */
export function arrange(
  rows: readonly OverviewRow[],
  pinned: ReadonlySet<string>,
  search = "",
): Arranged {
  const isWanted = searching(search);
  const found = rows.filter(({ name, siteId }) => isWanted(name, siteId));
  const isPinned = ({ siteId }: OverviewRow): boolean => pinned.has(siteId);
  const sorted = found.sort(
    (a, b) =>
      Number(isPinned(b)) - Number(isPinned(a)) ||
      b.currentVisitors - a.currentVisitors ||
      compareNames(a.name, b.name),
  );
  const tiles = sorted.filter((row) => isPinned(row) || isActive(row));
  if (tiles.length === 0) return { tiles: sorted, idle: [] };
  return { tiles, idle: sorted.filter((row) => !tiles.includes(row)) };
}

function isActive({ currentVisitors, perMinute }: OverviewRow): boolean {
  return currentVisitors > 0 || perMinute.some((row) => row.visitors > 0 || row.pageViews > 0);
}
