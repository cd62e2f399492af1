import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shareRealtime } from "./index.js";
import { realtimeDocument } from "../test/documents.js";
import { fakeServer } from "../test/server.js";

const config = { baseUrl: "https://stats.example", siteId: "shop" };

const server = fakeServer();
afterEach(() => void vi.advanceTimersByTime(1000));

it("gives one connection to configs that mean the same, another to the rest", () => {
  const shared = [
    shareRealtime({ ...config, filter: { country: "DE", path: "/a" } }),
    shareRealtime({ ...config, filter: { path: "/a", country: "DE" } }),
    shareRealtime({ ...config, filter: { country: "DE" } }),
  ];
  expect(server.sockets).toHaveLength(2);
  for (const { release } of shared) release();
});

it("ends the connection a moment after the last user has gone", () => {
  const first = shareRealtime(config);
  const second = shareRealtime(config);
  first.release();
  first.release();
  vi.advanceTimersByTime(1000);
  expect(server.socket.open).toBe(true);
  second.release();
  const third = shareRealtime(config);
  vi.advanceTimersByTime(1000);
  expect(server.sockets).toHaveLength(1);
  expect(server.socket.open).toBe(true);
  third.release();
  vi.advanceTimersByTime(1000);
  expect(server.socket.open).toBe(false);
});

describe("parts that would poll at different paces", () => {
  const polls = (): number => server.requests.filter(({ url }) => url.includes("/realtime")).length;

  beforeEach(() => {
    server.answer = (url) =>
      url.includes("/realtime") ? Response.json(realtimeDocument()) : new Response("", { status: 501 });
  });

  it("share one connection: the shortest wins", async () => {
    const slow = shareRealtime(config, { pollInterval: 30_000 });
    const quick = shareRealtime(config, { pollInterval: 2_000 });
    expect(server.sockets).toHaveLength(1);
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(10);
    expect(polls()).toBe(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(polls()).toBe(3);
    quick.release();
    await vi.advanceTimersByTimeAsync(32_000);
    expect(polls()).toBe(5);
    slow.release();
  });

  it("leave the pace to those that name one", async () => {
    const any = shareRealtime(config);
    const slow = shareRealtime(config, { pollInterval: 30_000 });
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(polls()).toBe(1);
    slow.release();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(polls()).toBe(3);
    any.release();
  });
});
