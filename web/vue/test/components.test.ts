import type { Connection } from "@footfall/client";
import { afterEach, describe, expect, it } from "vitest";
import { ConnectionState, MinuteChart, TopList } from "../src/index.js";
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
    expect(bars.map((bar) => bar.style.transform)).toEqual(["scaleX(1)", "scaleX(0.25)"]);
  });

  it("keeps a row's element when the order changes", async () => {
    const list = show(TopList, { ...pages, items });
    const first = list.root.querySelector("li");
    await list.set({ items: [{ path: "/<b>", visitors: 9 }, { path: "/", visitors: 4 }] });
    expect(list.root.querySelectorAll("li")[1]).toBe(first);
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
  expect(chart.root.querySelectorAll("g.current")).toHaveLength(1);
  expect(chart.texts("title")[1]).toMatch(/: 1 page view, 1 visitor$/);
  expect(chart.root.querySelector("svg")?.getAttribute("aria-label")).toBe(
    "9 page views in 2 minutes, at most 8 in one",
  );
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
