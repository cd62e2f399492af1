import type { StatsConfig } from "@footfall/client";
import { effectScope, nextTick, shallowRef } from "vue";
import { expect, it, vi } from "vitest";
import { statsDocument } from "../../../client/test/documents.js";
import { fakeServer } from "../../../client/test/server.js";
import { useStats, type UseStatsOptions } from "./useStats.js";

const SHOP: StatsConfig = { baseUrl: "https://stats.example", siteId: "shop", period: "7d" };
const server = fakeServer();

function use(config: StatsConfig | null, options: UseStatsOptions = {}) {
  const wanted = shallowRef(config);
  const scope = effectScope();
  const stats = scope.run(() => useStats(wanted, options))!;
  return { ...stats, wanted, stop: () => scope.stop() };
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

it("keeps the report while another is loading", async () => {
  server.answer = (url) => Response.json(statsDocument({ from: url.includes("30d") ? "b" : "a" }));
  const { data, isLoading, wanted, stop } = use(SHOP);
  expect(isLoading.value).toBe(true);
  await settle();
  expect([data.value?.from, isLoading.value]).toEqual(["a", false]);
  wanted.value = { ...SHOP, period: "30d" };
  await nextTick();
  expect([data.value?.from, isLoading.value]).toEqual(["a", true]);
  await settle();
  expect([data.value?.from, isLoading.value]).toEqual(["b", false]);
  stop();
});

it("reads again from time to time, and tells why it can't", async () => {
  server.answer = () => Response.json(statsDocument());
  const { data, error, stop } = use(SHOP, { interval: 5000 });
  await settle();
  server.answer = () => Response.json({ error: "busy" }, { status: 503 });
  await vi.advanceTimersByTimeAsync(5000);
  expect(error.value?.message).toBe("busy");
  expect(data.value).not.toBeNull();
  server.answer = () => Response.json(statsDocument());
  await vi.advanceTimersByTimeAsync(5000);
  expect(error.value).toBeNull();
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.requests).toHaveLength(3);
});

it("asks for nothing without a config", async () => {
  server.answer = () => Response.json(statsDocument());
  const { data, isLoading, wanted, stop } = use(null);
  await settle();
  expect([server.requests.length, isLoading.value]).toEqual([0, false]);
  wanted.value = SHOP;
  await nextTick();
  await settle();
  expect(data.value).not.toBeNull();
  wanted.value = null;
  await nextTick();
  expect(data.value).toBeNull();
  stop();
});
