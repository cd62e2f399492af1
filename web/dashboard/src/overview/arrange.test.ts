import type { OverviewRow } from "@footfall/client";
import { expect, it } from "vitest";
import { arrange } from "./arrange.js";

const site = (name: string, currentVisitors: number, ago = 0): OverviewRow => ({
  siteId: name.toLowerCase().replace(" ", "-"),
  name,
  currentVisitors,
  perMinute: ago ? [{ minute: "2026-01-15T10:00", pageViews: ago, visitors: 1 }] : [],
  topPage: null,
});
const ROWS = [site("Site 10", 2), site("Site 2", 2), site("Blog", 7), site("Old", 0, 3), site("Dead", 0)];
const named = (rows: readonly OverviewRow[]) => rows.map((row) => row.name);

it("puts the busiest first, equal ones by their number, and only names the idle", () => {
  const { tiles, idle } = arrange(ROWS, new Set());
  expect(named(tiles)).toEqual(["Blog", "Site 2", "Site 10", "Old"]);
  expect(named(idle)).toEqual(["Dead"]);
});

it("puts pinned sites before all others, idle or not", () => {
  const { tiles, idle } = arrange(ROWS, new Set(["dead", "site-10"]));
  expect(named(tiles)).toEqual(["Site 10", "Dead", "Blog", "Site 2", "Old"]);
  expect(idle).toEqual([]);
});

it("finds sites by name or id", () => {
  expect(named(arrange(ROWS, new Set(), " SITE").tiles)).toEqual(["Site 2", "Site 10"]);
  expect(named(arrange(ROWS, new Set(), "site-1").tiles)).toEqual(["Site 10"]);
});

it("shows tiles when all are idle", () => {
  expect(named(arrange([site("B", 0), site("A", 0)], new Set()).tiles)).toEqual(["A", "B"]);
});
