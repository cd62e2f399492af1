import { expect, it, vi } from "vitest";
import { mounter } from "../../../test/mount.js";
import VisitorMap from "./VisitorMap.vue";

const show = mounter();

const locations = [
  { country: "DE", visitors: 9 },
  { country: "MT", visitors: 1 },
  { country: "(unknown)", visitors: 2 },
];

it("shades countries, marks the small ones, and tells of them in words", async () => {
  const map = show(VisitorMap, { locations });
  await vi.waitFor(() => expect(map.root.querySelectorAll("path").length).toBeGreaterThan(150));
  const germany = map.root.querySelector("path[data-country=DE]");
  expect(germany?.getAttribute("data-level")).toBe("5");
  expect(map.root.querySelectorAll("path[data-level]")).toHaveLength(1);
  expect(map.root.querySelectorAll("circle[data-country=MT]")).toHaveLength(1);
  const words = map.root.querySelector("svg")?.getAttribute("aria-label");
  expect(words).toBe("World map, 2 countries: Germany 9, Malta 1");
});

it("lets countries with visitors be chosen", async () => {
  const chosen: string[] = [];
  const onSelect = (code: string): number => chosen.push(code);
  const map = show(VisitorMap, { locations, selectable: true, onSelect });
  await vi.waitFor(() => expect(map.root.querySelector("path")).not.toBeNull());
  for (const code of ["DE", "FR", "MT"]) {
    map.root
      .querySelector(`[data-country=${code}]`)
      ?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
  expect(chosen).toEqual(["DE", "MT"]);
});
