import { expect, it } from "vitest";
import { mounter } from "../../../test/mount.js";
import MinuteChart from "./MinuteChart.vue";

const show = mounter();

it("marks the window and tells each minute in words", () => {
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
