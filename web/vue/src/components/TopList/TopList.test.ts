import { nextTick } from "vue";
import { expect, it } from "vitest";
import { mounter } from "../../../test/mount.js";
import TopList from "./TopList.vue";

const show = mounter();

const pages = { title: "Pages", labelKey: "path", valueKey: "visitors" };
const items = [
  { path: "/", visitors: 4 },
  { path: "/<b>", visitors: 1 },
];

it("shows rows as text, with bars in proportion", () => {
  const list = show(TopList, { ...pages, items });
  expect(list.texts("li .footfall-list__label")).toEqual(["/", "/<b>"]);
  expect(list.texts("li .footfall-list__value")).toEqual(["4", "1"]);
  const bars = [...list.root.querySelectorAll<HTMLElement>(".footfall-list__bar")];
  expect(bars.map((bar) => bar.style.width)).toEqual(["100%", "25%"]);
});

it("keeps a row's element when the order changes", async () => {
  const list = show(TopList, { ...pages, items });
  const first = list.root.querySelector("li");
  await list.set({ items: [{ path: "/<b>", visitors: 9 }, { path: "/", visitors: 4 }] });
  expect(list.root.querySelectorAll("li")[1]).toBe(first);
});

it("lets rows be chosen, by pointer and by keyboard, but for the row of all others", async () => {
  const chosen: string[] = [];
  const others = [...items, { path: "(other)", visitors: 1 }];
  const list = show(TopList, {
    ...pages,
    items: others,
    selectable: true,
    selected: "/",
    onSelect: (label: string) => chosen.push(label),
  });
  const buttons = [...list.root.querySelectorAll("button")];
  expect(buttons.map((button) => button.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
  expect(buttons.map((button) => button.tabIndex)).toEqual([0, -1]);
  buttons[0]?.focus();
  buttons[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  await nextTick();
  await nextTick();
  expect(document.activeElement).toBe(buttons[1]);
  buttons[1]?.click();
  expect(chosen).toEqual(["/<b>"]);
});

it("keeps the focus on a row that moves", async () => {
  const list = show(TopList, { ...pages, items, selectable: true });
  const button = list.root.querySelector("button");
  button?.focus();
  await list.set({ items: [{ path: "/c", visitors: 9 }, { path: "/<b>", visitors: 8 }, items[0]] as never });
  expect(document.activeElement).toBe(button);
  expect(button?.textContent).toContain("/");
});

it("cuts at maxItems and is honest about nothing", async () => {
  const list = show(TopList, { ...pages, items, maxItems: 1 });
  expect(list.texts("li")).toHaveLength(1);
  await list.set({ items: [] });
  expect(list.text(".footfall-panel__empty")).toBe("Nothing yet");
});
