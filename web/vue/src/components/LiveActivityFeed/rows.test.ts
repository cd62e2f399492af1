import type { RecentEvent } from "@footfall/client";
import { expect, it } from "vitest";
import { grouped, sharedEnding, withoutEnding } from "./rows.js";

const view = (id: number, path: string, second: number): RecentEvent => ({
  id: String(id),
  type: "pageview",
  path,
  timestamp: `2026-01-15T10:30:${String(second).padStart(2, "0")}Z`,
});

it("puts equal events together only in a flood", () => {
  const flood = Array.from({ length: 24 }, (_, index) => view(index, index % 3 ? "/a" : "/b", 12));
  expect(grouped(flood).map(({ path, count, id }) => [path, count, id])).toEqual([
    ["/b", 8, "0"],
    ["/a", 16, "1"],
  ]);
  const calm = flood.map((event, index) => view(index, event.path, 59 - index));
  expect(grouped(calm).map((row) => row.count)).toEqual(calm.map(() => 1));
  expect(grouped(flood.slice(0, 10))).toHaveLength(10);
});

it("finds the name of the site at the end of titles", () => {
  expect(sharedEnding(["Tea · Shop", "Cups · Shop", "Tea · Shop", "Shop"])).toBe(" · Shop");
  expect(sharedEnding(["Tea - Shop", "Cups - Other", undefined])).toBe("");
  expect(sharedEnding(["Tea | Shop"])).toBe("");
  expect(withoutEnding("Tea · Shop", " · Shop")).toBe("Tea");
  expect(withoutEnding("Shop", " · Shop")).toBe("Shop");
  expect(withoutEnding(undefined, " · Shop")).toBeUndefined();
});
