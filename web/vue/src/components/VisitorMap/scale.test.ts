import { expect, it } from "vitest";
import { arrivals, shades } from "./scale.js";

const row = (country: string, visitors: number) => ({ country, visitors });

it("gives the most visitors the deepest shade and the fewest a visible one", () => {
  expect(shades([row("US", 100), row("DE", 25), row("FR", 1)])).toEqual({ US: 5, DE: 3, FR: 1 });
  expect(shades([row("(unknown)", 100), row("FR", 1)])).toEqual({ FR: 5 });
  expect(shades([])).toEqual({});
});

it("sees who has arrived", () => {
  expect(arrivals([row("US", 2)], [row("US", 3), row("DE", 1), row("(unknown)", 1)])).toEqual(["US", "DE"]);
  expect(arrivals([row("US", 3)], [row("US", 2)])).toEqual([]);
  expect(arrivals([], [row("US", 1)])).toEqual(["US"]);
  expect(arrivals([], [row("US", 1), row("DE", 1)])).toEqual([]);
});
