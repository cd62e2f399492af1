import { effectScope, shallowRef } from "vue";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useRising } from "./useRising.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("marks what has clearly more visitors than five minutes ago", () => {
  const counts = shallowRef(new Map([["/a", 10], ["/b", 2]]));
  const scope = effectScope();
  const rising = scope.run(() => useRising(() => counts.value, () => "shop"))!;
  vi.advanceTimersByTime(30_000);
  counts.value = new Map([["/a", 14], ["/b", 4], ["/c", 3]]);
  vi.advanceTimersByTime(30_000);
  expect([...rising.value]).toEqual(["/c"]);
  counts.value = new Map([["/a", 15], ["/b", 5], ["/c", 3]]);
  vi.advanceTimersByTime(30_000);
  expect([...rising.value]).toEqual(["/a", "/b", "/c"]);
  vi.advanceTimersByTime(300_000);
  expect([...rising.value]).toEqual([]);
  scope.stop();
});
