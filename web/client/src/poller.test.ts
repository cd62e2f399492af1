import { expect, it, vi } from "vitest";
import { createRealtimePoller, fetchDashboardData } from "./index.js";
import { realtimeDocument } from "../test/documents.js";
import { fakeServer } from "../test/server.js";

const config = { baseUrl: "https://stats.example/", siteId: "shop", token: "secret" };

const server = fakeServer();

it("asks every interval until stopped", async () => {
  server.answer = () => Response.json(realtimeDocument());
  const poller = createRealtimePoller({ ...config, interval: 1000 });
  expect(server.requests).toHaveLength(0);
  poller.start();
  expect(poller.isLoading).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(poller.isLoading).toBe(false);
  expect(poller.data).toEqual(realtimeDocument());
  await vi.advanceTimersByTimeAsync(2000);
  poller.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.requests).toHaveLength(3);
  expect(server.requests[0]).toEqual({
    url: "https://stats.example/api/analytics/sites/shop/realtime",
    headers: { Authorization: "Bearer secret" },
  });
});

it("keeps the data and tells the error when a reading fails, then recovers", async () => {
  server.answer = () => Response.json(realtimeDocument());
  const poller = createRealtimePoller(config);
  poller.start();
  await vi.advanceTimersByTimeAsync(0);
  server.answer = () => Response.json({ error: "busy" }, { status: 503 });
  await vi.advanceTimersByTimeAsync(5000);
  expect(poller.error?.message).toBe("busy");
  expect(poller.data).not.toBeNull();
  server.answer = () => Response.json(realtimeDocument());
  await vi.advanceTimersByTimeAsync(5000);
  expect(poller.error).toBeNull();
  poller.stop();
});

it("gives up when it is not allowed to read", async () => {
  server.answer = () => Response.json({ error: "no token" }, { status: 401 });
  const poller = createRealtimePoller(config);
  poller.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.requests).toHaveLength(1);
  expect(poller.error?.message).toBe("no token");
});

it("rests while the tab is hidden, and asks at once when it is shown", async () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", page);
  const show = (hidden: boolean): void => {
    page.hidden = hidden;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  server.answer = () => Response.json(realtimeDocument());
  const poller = createRealtimePoller(config);
  poller.start();
  show(true);
  await vi.advanceTimersByTimeAsync(10_000);
  const asked = server.requests.length;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(server.requests).toHaveLength(asked);
  show(false);
  expect(server.requests).toHaveLength(asked + 1);
  poller.stop();
  show(true);
  show(false);
  expect(server.requests).toHaveLength(asked + 1);
});

it("fetches the realtime part of a dashboard", async () => {
  server.answer = () => Response.json(realtimeDocument());
  expect(await fetchDashboardData(config, { realtime: true })).toEqual({
    realtime: realtimeDocument(),
  });
});

it.each([5, 0, -1, Number.NaN])("asks once a second at most, for an interval of %d", async (interval) => {
  server.answer = () => Response.json(realtimeDocument());
  const poller = createRealtimePoller({ ...config, interval });
  poller.start();
  await vi.advanceTimersByTimeAsync(3000);
  poller.stop();
  expect(server.requests).toHaveLength(4);
});

it.each([Number.POSITIVE_INFINITY, 2 ** 40])("does not take %d ms for none", async (interval) => {
  server.answer = () => Response.json(realtimeDocument());
  const poller = createRealtimePoller({ ...config, interval });
  poller.start();
  await vi.advanceTimersByTimeAsync(60_000);
  poller.stop();
  expect(server.requests).toHaveLength(1);
});

it.each([
  "https://stats.example",
  "https://stats.example/",
  "https://stats.example/api/analytics",
  "https://stats.example/api/analytics/",
])("finds the API of %s", async (baseUrl) => {
  server.answer = () => Response.json(realtimeDocument());
  await fetchDashboardData({ baseUrl, siteId: "shop" });
  expect(server.requests[0]?.url).toBe("https://stats.example/api/analytics/sites/shop/realtime");
});

it.each(["https://shop.example/stats", "https://shop.example/stats/api/analytics/", "/stats", "/stats/api/analytics"])(
  "keeps the prefix of %s, which a proxy strips",
  async (baseUrl) => {
    vi.stubGlobal("location", new URL("https://shop.example/cart/open"));
    server.answer = () => Response.json(realtimeDocument());
    await fetchDashboardData({ baseUrl, siteId: "a" });
    expect(server.requests[0]?.url).toBe("https://shop.example/stats/api/analytics/sites/a/realtime");
  },
);

it.each(["/api/analytics", "api/analytics", "/", "", undefined])("takes %s for the page's own origin", async (baseUrl) => {
  vi.stubGlobal("location", new URL("https://shop.example/cart/open?x=1#y"));
  server.answer = () => Response.json(realtimeDocument());
  await fetchDashboardData(baseUrl === undefined ? { siteId: "a" } : { baseUrl, siteId: "a" });
  expect(server.requests[0]?.url).toBe("https://shop.example/api/analytics/sites/a/realtime");
});

it("says what a path alone needs outside a web page", async () => {
  const reading = fetchDashboardData({ baseUrl: "/api/analytics", siteId: "a" });
  await expect(reading).rejects.toThrow("https://your-host");
});

it.each(["localhost:8000", "ws://stats.example"])("refuses %s, which is no web address", async (baseUrl) => {
  vi.stubGlobal("location", new URL("https://shop.example/"));
  await expect(fetchDashboardData({ baseUrl, siteId: "a" })).rejects.toThrow("https://your-host");
});
