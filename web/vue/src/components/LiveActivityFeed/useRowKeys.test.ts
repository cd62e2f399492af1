import { shallowRef } from "vue";
import { expect, it } from "vitest";
import { useRowKeys } from "./useRowKeys.js";

const rows = (ids: string) => [...ids].map((id) => ({ id }));

it("keeps a row's key while it is shown, and gives the keys of rows that are gone to new rows", () => {
  const shown = shallowRef(rows("cba"));
  const keys = useRowKeys(() => shown.value);
  expect(keys.value).toEqual([0, 1, 2]);
  shown.value = rows("dcb");
  expect(keys.value).toEqual([2, 0, 1]);
  shown.value = rows("zyxdc");
  expect(keys.value).toEqual([1, 3, 4, 2, 0]);
  shown.value = rows("d");
  expect(keys.value).toEqual([2]);
});
