import type { Connection } from "@footfall/client";
import { nextTick } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConnectionState, MinuteChart, TopList, VisitorMap } from "../src/index.js";
import { type Mounted, mount } from "./mount.js";

let mounted: Mounted<object>[] = [];

afterEach(() => {
  for (const { unmount } of mounted) unmount();
  mounted = [];
});

function show<P extends object>(...[component, props]: Parameters<typeof mount<P>>): Mounted<P> {
  const shown = mount(component, props);
  mounted.push(shown as Mounted<object>);
  return shown;
}

describe("TopList", () => {
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
    expect(list.text(".footfall-list__empty")).toBe("Nothing yet");
  });
});

it("MinuteChart marks the window and tells each minute in words", () => {
  const rows = [
    { minute: "2026-01-15T10:29", pageViews: 8, visitors: 2 },
    { minute: "2026-01-15T10:30", pageViews: 1, visitors: 1 },
  ];
  const chart = show(MinuteChart, { rows, minutes: 1 });
  const minutes = [...chart.root.querySelectorAll<HTMLElement>(".footfall-chart__minute")];
  expect(minutes.map((minute) => minute.className.includes("current"))).toEqual([false, true]);
  expect(minutes[1]?.title).toMatch(/: 1 page view, 1 visitor$/);
  expect(chart.root.querySelector("[role=img]")?.getAttribute("aria-label")).toBe(
    "9 page views in 2 minutes, at most 8 in one",
  );
});

describe("VisitorMap", () => {
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
});

describe("ConnectionState", () => {
  const at: Connection = { status: "live", transport: "sse", since: 0, code: null, reason: null };

  it.each([
    ["live", /^Live$/],
    ["reconnecting", /^Reconnecting…$/],
    ["stale", /^Stale since .*\d/],
    ["paused", /^Paused$/],
  ] as const)("says %s", (status, text) => {
    const state = show(ConnectionState, { connection: { ...at, status } });
    expect(state.text("[role=status]")).toMatch(text);
  });
});
