import { nextTick } from "vue";
import { expect, it } from "vitest";
import { mounter } from "../../../test/mount.js";
import MinuteChart from "./MinuteChart.vue";

const show = mounter();

it("marks the window and tells each minute in words", async () => {
  const rows = [
    { minute: "2026-01-15T10:29", pageViews: 8, visitors: 2 },
    { minute: "2026-01-15T10:30", pageViews: 1, visitors: 1 },
  ];
  const chart = show(MinuteChart, { rows, minutes: 1 });
  const minutes = [...chart.root.querySelectorAll<HTMLElement>(".footfall-chart__minute")];
  expect(minutes.map((minute) => minute.className.includes("current"))).toEqual([false, true]);
  const plane = chart.root.querySelector("[role=group]");
  const press = async (key: string) => {
    plane?.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    await nextTick();
    return chart.root.querySelector("[data-testid=minute]")?.textContent?.trim();
  };
  expect(await press("ArrowLeft")).toMatch(/, so far 1 visitor, 1 page view$/);
  expect(await press("ArrowLeft")).toMatch(/:29.* 2 visitors, 8 page views$/);
  expect(await press("Escape")).toBeUndefined();
  expect(chart.root.querySelector("[role=img]")?.getAttribute("aria-label")).toBe(
    "9 page views in 2 minutes, at most 8 in one",
  );
});

it("hatches what was before the first event", () => {
  const rows = ["10:28", "10:29", "10:30"].map((time) => ({
    minute: `2026-01-15T${time}`,
    pageViews: 0,
    visitors: 0,
  }));
  const chart = show(MinuteChart, { rows, since: "2026-01-15T10:30:12Z" });
  const unknown = chart.root.querySelector<HTMLElement>("[data-testid=unknown]");
  expect(Number.parseFloat(unknown?.style.width ?? "")).toBeCloseTo(66.7, 1);
  expect(unknown?.textContent).toMatch(/since .*:30/);
});

it("draws what is usual as a line, with gaps where that is not known", () => {
  const rows = ["10:27", "10:28", "10:29", "10:30"].map((time) => ({
    minute: `2026-01-15T${time}`,
    pageViews: 4,
    visitors: 2,
  }));
  const usual = new Map([
    ["2026-01-15T10:27", 8],
    ["2026-01-15T10:28", 4],
    ["2026-01-15T10:30", 0],
  ]);
  const chart = show(MinuteChart, { rows, usual });
  expect(chart.root.querySelector(".footfall-chart__usual path")?.getAttribute("d")).toBe(
    "M0.5 0L1.5 0.5M3.5 1",
  );
  expect(chart.text(".footfall-chart__top")).toBe("8");
});
