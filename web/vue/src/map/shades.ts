/** What the numbers of a map mean for its colours. */

import type { LocationRow } from "@footfall/client";

const SHADES = 5;
const COUNTRY = /^[A-Z]{2}$/;

/**
 * 1 (few) to 5 (most) for each country with visitors. By square root, so that the many small do
 * not vanish beside the largest.
 */
export function levels(rows: readonly LocationRow[]): Record<string, number> {
  const known = rows.filter((row) => COUNTRY.test(row.country) && row.visitors > 0);
  const most = Math.max(1, ...known.map((row) => row.visitors));
  const level = (visitors: number): number => Math.ceil(Math.sqrt(visitors / most) * SHADES);
  return Object.fromEntries(known.map((row) => [row.country, level(row.visitors)]));
}

/** The countries that have more visitors than before; none when a whole list appears at once. */
export function arrivals(before: readonly LocationRow[], now: readonly LocationRow[]): string[] {
  if (before.length === 0 && now.length > 1) return [];
  const was = new Map(before.map((row) => [row.country, row.visitors]));
  const grew = (row: LocationRow): boolean => row.visitors > (was.get(row.country) ?? 0);
  return now.filter((row) => COUNTRY.test(row.country) && grew(row)).map((row) => row.country);
}
