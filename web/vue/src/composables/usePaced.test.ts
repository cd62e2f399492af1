import { effectScope, nextTick, shallowRef } from "vue";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { usePaced } from "./usePaced.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function follow(pause: number, held = shallowRef(false), subject = shallowRef("a")) {
  const source = shallowRef(0);
  const scope = effectScope();
  const paced = scope.run(() => usePaced(() => source.value, { pause: () => pause, held: () => held.value, subject: () => subject.value }));
  const set = async (value: number) => {
    source.value = value;
    await nextTick();
    return paced?.value;
  };
  return { paced, set, stop: () => scope.stop() };
}

it("follows at once after a pause, then at its pace, and ends at the newest", async () => {
  const { paced, set, stop } = follow(500);
  expect(await set(1)).toBe(1);
  expect(await set(2)).toBe(1);
  expect(await set(3)).toBe(1);
  vi.advanceTimersByTime(600);
  expect(paced?.value).toBe(3);
  vi.advanceTimersByTime(500);
  expect(await set(4)).toBe(4);
  stop();
});

it("takes what comes near the end of a pause with it, and stays in step", async () => {
  const { set, stop } = follow(500);
  expect(await set(1)).toBe(1);
  for (const [value, taken] of [[2, 1], [3, 3], [4, 3], [5, 5]] as const) {
    vi.advanceTimersByTime(245);
    expect(await set(value)).toBe(taken);
  }
  stop();
});

it("takes the first of another subject at once", async () => {
  const subject = shallowRef("a");
  const { set, stop } = follow(500, shallowRef(false), subject);
  expect(await set(1)).toBe(1);
  subject.value = "b";
  expect(await set(2)).toBe(2);
  expect(await set(3)).toBe(2);
  stop();
});

it("takes nothing while it is held, and the newest afterwards", async () => {
  const held = shallowRef(false);
  const { paced, set, stop } = follow(0, held);
  held.value = true;
  expect(await set(1)).toBe(0);
  expect(await set(2)).toBe(0);
  held.value = false;
  await nextTick();
  expect(paced?.value).toBe(2);
  stop();
});
