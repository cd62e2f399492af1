import { expect, it } from "vitest";
import { columnsFor } from "./columnsFor.js";

it.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 2],
  [5, 3],
  [7, 4],
  [9, 3],
  [10, 5],
  [50, 9],
])("%i tiles stand in %i columns", (count, columns) => {
  expect(columnsFor(count)).toBe(columns);
});
