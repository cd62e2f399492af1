import { effectScope, nextTick, shallowRef } from "vue";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { usePaced } from "../src/paced.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("follows at once after a pause, then at its pace, and ends at the newest", async () => {
  const source = shallowRef(0);
  const scope = effectScope();
  const paced = scope.run(() => usePaced(() => source.value, 500));
  const set = async (value: number) => {
    source.value = value;
    await nextTick();
    return paced?.value;
  };
  expect(await set(1)).toBe(1);
  expect(await set(2)).toBe(1);
  expect(await set(3)).toBe(1);
  vi.advanceTimersByTime(500);
  expect(paced?.value).toBe(3);
  vi.advanceTimersByTime(500);
  expect(await set(4)).toBe(4);
  scope.stop();
});
