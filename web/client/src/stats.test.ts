import { expect, expectTypeOf, it } from "vitest";
import { fetchDashboardData, fetchStats, type StatsDocument } from "./index.js";
import { realtimeDocument, statsDocument } from "../test/documents.js";
import { fakeServer } from "../test/server.js";

const config = { baseUrl: "https://stats.example/", siteId: "shop", token: "secret" };
const SITE = "https://stats.example/api/analytics/sites/shop";

const server = fakeServer();

it("asks for the period, the comparison and the filter", async () => {
  server.answer = () => Response.json(statsDocument());
  const filter = { path: "/docs*", entryPage: "/", event: "" };
  const answer = await fetchStats({ ...config, period: "30d", compare: "previous", limit: 5, filter });
  expect(answer).toEqual(statsDocument());
  expect(server.requests).toEqual([
    {
      url: `${SITE}/stats?period=30d&compare=previous&limit=5&path=%2Fdocs*&entryPage=%2F`,
      headers: { Authorization: "Bearer secret" },
    },
  ]);
});

it("rejects with what the server says", async () => {
  const error = "the past of shop is not for all who may look at it";
  server.answer = () => Response.json({ error }, { status: 401 });
  await expect(fetchStats(config)).rejects.toThrow(error);
});

it("fetches the live document, a report, or both", async () => {
  server.answer = (url) =>
    Response.json(url.includes("/stats?") ? statsDocument() : realtimeDocument());
  const report = await fetchDashboardData({ ...config, minutes: 5 }, { period: "7d" });
  expectTypeOf(report.stats).toEqualTypeOf<StatsDocument>();
  expect(report).toEqual({ stats: statsDocument() });
  const both = await fetchDashboardData(config, { realtime: true, period: "today" });
  expect(both).toEqual({ realtime: realtimeDocument(), stats: statsDocument() });
  expect(server.requests.map(({ url }) => url)).toEqual([
    `${SITE}/stats?period=7d`,
    `${SITE}/realtime`,
    `${SITE}/stats?period=today`,
  ]);
});
