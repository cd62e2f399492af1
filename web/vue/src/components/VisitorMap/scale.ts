/** The size and the shades of the map: all that it needs before its shapes are loaded. */

import type { LocationRow } from "@footfall/client";
import { isCountryCode } from "../../labels.js";

/** The size of the map, in its own units. */
export const WIDTH = 800;
/** The map reaches from here, in degrees, to the south of all land but Antarctica. */
export const NORTH = 75;
const SOUTH = -58;
export const HEIGHT = Math.round((WIDTH * (NORTH - SOUTH)) / 360);
export const MAP_RATIO = WIDTH / HEIGHT;

const SHADES = 5;

/**
 * The shade of each country with visitors, from 1 (few) to 5 (most). It follows the square root,
 * so that small numbers stay visible beside the largest.
 */
export function shades(rows: readonly LocationRow[]): Record<string, number> {
  const known = rows.filter((row) => isCountryCode(row.country) && row.visitors > 0);
  const most = Math.max(1, ...known.map((row) => row.visitors));
  const shade = (visitors: number): number => Math.ceil(Math.sqrt(visitors / most) * SHADES);
  return Object.fromEntries(known.map((row) => [row.country, shade(row.visitors)]));
}

/** The countries with more visitors than before. None when a whole list appears at once. */
export function arrivals(previous: readonly LocationRow[], rows: readonly LocationRow[]): string[] {
  if (previous.length === 0 && rows.length > 1) return [];
  const before = new Map(previous.map((row) => [row.country, row.visitors]));
  const grew = (row: LocationRow): boolean => row.visitors > (before.get(row.country) ?? 0);
  return rows.filter((row) => isCountryCode(row.country) && grew(row)).map((row) => row.country);
}
