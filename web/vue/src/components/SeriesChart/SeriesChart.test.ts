import { nextTick } from "vue";
import { expect, it } from "vitest";
import { statsDocument } from "../../../../client/test/documents.js";
import { mounter } from "../../../test/mount.js";
import { bucketName, runningBucket } from "./buckets.js";
import SeriesChart from "./SeriesChart.vue";

const show = mounter();

it("tells a bucket's numbers, chosen by keys", async () => {
  const compared = {
    ...statsDocument(),
    from: "2026-01-12",
    to: "2026-01-13",
    series: [
      { time: "2026-01-12", visitors: 5, visits: 5, pageViews: 5 },
      { time: "2026-01-13", visitors: 7, visits: 7, pageViews: 7 },
    ],
  };
  const chart = show(SeriesChart, { stats: statsDocument({ compared }) });
  const plane = chart.root.querySelector<HTMLElement>("[tabindex='0']")!;
  const press = async (key: string): Promise<string> => {
    plane.dispatchEvent(new KeyboardEvent("keydown", { key }));
    await nextTick();
    return chart.text("[data-testid=readout]");
  };
  expect(await press("End")).toMatch(/, so far 2 visitors \(7 before\), 2 visits, 2 page views$/);
  expect(await press("ArrowLeft")).toMatch(/ 1 visitor \(5 before\), 2 visits, 4 page views$/);
  expect(await press("ArrowLeft")).toMatch(/ 1 visitor \(5 before\)/);
  expect(await press("Escape")).toBe("");
  expect(chart.root.querySelectorAll(".footfall-series__bucket--running")).toHaveLength(1);
  expect(chart.text(".footfall-chart__top")).toBe("8");
});

it("finds the bucket that is running", () => {
  const hours = ["2026-10-25T01:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"];
  const series = hours.map((time) => ({ time, visitors: 0, visits: 0, pageViews: 0 }));
  const hourly = statsDocument({ interval: "hour", series, from: "2026-10-25", to: "2026-10-25" });
  expect(runningBucket({ ...hourly, asOf: "2026-10-25T00:30:00Z" })).toBe(1);
  expect(runningBucket({ ...hourly, asOf: "2026-10-25T01:30:00Z" })).toBe(2);
  expect(runningBucket({ ...hourly, asOf: "2026-10-26T01:30:00Z" })).toBe(-1);
  const daily = statsDocument();
  expect(runningBucket({ ...daily, asOf: "2026-01-13T23:30:00Z" })).toBe(0);
  expect(runningBucket({ ...daily, asOf: "2026-01-16T23:30:00Z" })).toBe(-1);
});

it("names buckets by the site's clock", () => {
  expect(bucketName("2026-10-25T02:00+01:00", "hour")).toMatch(/25.*0?2:00/);
  expect(bucketName("2026-11", "month")).toMatch(/2026/);
  expect(bucketName("2026-11-23", "week")).toMatch(/^Week of .*23/);
});
