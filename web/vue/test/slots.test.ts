import { shallowRef } from "vue";
import { expect, it } from "vitest";
import { useSlots } from "../src/useSlots.js";

const rows = (ids: string) => [...ids].map((id) => ({ id }));

it("keeps a row's slot while it stays, and gives those of rows that left to rows that came", () => {
  const shown = shallowRef(rows("cba"));
  const slots = useSlots(() => shown.value);
  expect(slots.value).toEqual([0, 1, 2]);
  shown.value = rows("dcb");
  expect(slots.value).toEqual([2, 0, 1]);
  shown.value = rows("zyxdc");
  expect(slots.value).toEqual([1, 3, 4, 2, 0]);
  shown.value = rows("d");
  expect(slots.value).toEqual([2]);
});
