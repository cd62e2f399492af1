import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RealtimeClient } from "./index.js";
import { realtimeDocument } from "../test/documents.js";
import { fakeServer, openStream } from "../test/server.js";

const config = { baseUrl: "https://stats.example", siteId: "shop", minutes: 5 };

const server = fakeServer(1_000_000);
let client: RealtimeClient;

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  client = new RealtimeClient(config);
});

afterEach(() => client.stop());

const status = (): string => client.state.connection.status;

describe("following a channel", () => {
  it("connects, and is live from the first snapshot on", () => {
    client.start();
    expect(server.socket.url).toBe("wss://stats.example/api/analytics/sites/shop/ws?minutes=5");
    expect(status()).toBe("connecting");
    server.socket.snapshot();
    expect(client.state.data).toEqual(realtimeDocument());
    expect(client.state.connection).toMatchObject({ status: "live", transport: "websocket" });
  });

  it("tells every listener of every change", () => {
    const seen: number[] = [];
    client.subscribe(({ data }) => seen.push(data?.currentVisitors ?? 0));
    client.start();
    server.socket.snapshot(1, { currentVisitors: 1 });
    const position = { epoch: "e", version: 2 };
    server.socket.tell({ type: "update", position, currentVisitors: 2 });
    expect(seen).toEqual([0, 1, 2]);
  });

  it("sends a token where a socket can carry it", () => {
    client = new RealtimeClient({ ...config, token: "secret&" });
    client.start();
    expect(new URL(server.socket.url).searchParams.get("token")).toBe("secret&");
  });
});

describe("losing the connection", () => {
  it("comes back from its last position, without showing less meanwhile", async () => {
    client.start();
    server.socket.snapshot(7);
    server.socket.fail(1012);
    expect(status()).toBe("reconnecting");
    expect(client.state.data).not.toBeNull();
    await vi.advanceTimersByTimeAsync(500);
    expect(server.sockets).toHaveLength(2);
    expect(new URL(server.socket.url).searchParams.get("position")).toBe("e:7");
    server.socket.tell({ type: "tick", position: { epoch: "e", version: 7 }, asOf: "2026-01-15T10:30:20Z" });
    expect(status()).toBe("live");
  });

  it("waits longer each time, up to 15 seconds, and starts over after success", async () => {
    client = new RealtimeClient(config, { transport: "websocket" });
    client.start();
    for (const wait of [500, 750, 1125, 1688, 2531, 3797, 5695, 8543, 12_814, 15_000, 15_000]) {
      const before = server.sockets.length;
      server.socket.fail(1006);
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(server.sockets).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(server.sockets).toHaveLength(before + 1);
    }
    server.socket.snapshot();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(500);
    expect(server.sockets).toHaveLength(13);
  });

  it.each([4400, 4401, 4404])("stays away when closed with %i", async (code) => {
    client.start();
    server.socket.snapshot();
    server.socket.fail(code, "go away");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.sockets).toHaveLength(1);
    expect(client.state.connection).toMatchObject({ status: "refused", code, reason: "go away" });
  });

  it.each([1001, 1012, 1013])("comes back when closed with %i", async (code) => {
    client.start();
    server.socket.fail(code);
    await vi.advanceTimersByTimeAsync(500);
    expect(server.sockets).toHaveLength(2);
  });

  it("is stale since the last message once the server has been silent too long", async () => {
    client.start();
    server.socket.snapshot();
    const since = Date.now();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(client.state.connection).toMatchObject({ status: "stale", since });
    await vi.advanceTimersByTimeAsync(500);
    expect(server.sockets).toHaveLength(2);
    expect(status()).toBe("stale");
    server.socket.snapshot();
    expect(status()).toBe("live");
  });

  it("stays live on ticks alone", async () => {
    client.start();
    server.socket.snapshot();
    for (let second = 20; second < 60; second += 10) {
      await vi.advanceTimersByTimeAsync(10_000);
      const position = { epoch: "e", version: 1 };
      server.socket.tell({ type: "tick", position, asOf: `2026-01-15T10:30:${second}Z` });
    }
    expect(status()).toBe("live");
    expect(server.sockets).toHaveLength(1);
  });

  it("asks for a snapshot after a message it cannot read", async () => {
    client.start();
    server.socket.snapshot(3);
    server.socket.onmessage?.({ data: "not JSON" });
    expect(server.socket.open).toBe(false);
    await vi.advanceTimersByTimeAsync(500);
    expect(new URL(server.socket.url).searchParams.has("position")).toBe(false);
  });
});

describe("where WebSocket does not get through", () => {
  it("reads the event stream, with token and position as headers", async () => {
    client = new RealtimeClient({ ...config, token: "secret" });
    const streams = [openStream(), openStream()];
    let opened = 0;
    server.answer = () => (streams[opened++] as ReturnType<typeof openStream>).response;
    client.start();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(0);
    const snapshot = { type: "snapshot", position: { epoch: "e", version: 4 }, ...realtimeDocument() };
    streams[0]?.write(`id: e:4\r\ndata: ${JSON.stringify(snapshot)}\r`);
    streams[0]?.write("\n\r\n: comment\n\n");
    await vi.advanceTimersByTimeAsync(0);
    expect(client.state.connection).toMatchObject({ status: "live", transport: "sse" });
    expect(client.state.data).toEqual(realtimeDocument());
    streams[0]?.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(server.requests.at(-1)).toEqual({
      url: "https://stats.example/api/analytics/sites/shop/stream?minutes=5",
      headers: { Accept: "text/event-stream", Authorization: "Bearer secret", "Last-Event-ID": "e:4" },
    });
  });

  it("polls as a last resort, and tries the socket again later", async () => {
    server.answer = (url) =>
      url.includes("/realtime")
        ? Response.json(realtimeDocument())
        : Promise.reject(new TypeError("blocked"));
    client.start();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(10);
    expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
    const polls = server.requests.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.requests.length).toBe(polls + 2);
    await vi.advanceTimersByTimeAsync(110_000);
    expect(server.sockets).toHaveLength(2);
    expect(status()).toBe("live");
    server.socket.snapshot();
    expect(client.state.connection).toMatchObject({ status: "live", transport: "websocket" });
  });

  it("goes on at once where the policy of the page forbids sockets", async () => {
    server.answer = (url) =>
      url.includes("/realtime") ? Response.json(realtimeDocument()) : new Response("", { status: 501 });
    client.start();
    server.socket.forbid();
    await vi.advanceTimersByTimeAsync(10);
    expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
  });

  it("goes on at once too when a channel that has worked is gone", async () => {
    const stream = openStream();
    server.answer = () => stream.response;
    client.start();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(0);
    const snapshot = { type: "snapshot", position: { epoch: "e", version: 4 }, ...realtimeDocument() };
    stream.write(`data: ${JSON.stringify(snapshot)}\n\n`);
    await vi.advanceTimersByTimeAsync(0);
    server.answer = (url) =>
      url.includes("/realtime") ? Response.json(realtimeDocument()) : new Response("", { status: 501 });
    stream.end();
    await vi.advanceTimersByTimeAsync(510);
    expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
  });

  it("believes a missing site where there is no other transport to ask", async () => {
    client = new RealtimeClient(config, { transport: "sse" });
    server.answer = () => Response.json({ error: "no such site" }, { status: 404 });
    client.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(1);
    expect(client.state.connection).toMatchObject({ status: "refused", reason: "no such site" });
  });

  it("believes a refusal over HTTP too", async () => {
    server.answer = () => Response.json({ error: "no such site" }, { status: 404 });
    client.start();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(10);
    expect(client.state.connection).toMatchObject({
      status: "refused",
      code: 4404,
      reason: "no such site",
    });
    expect(server.requests.map(({ url }) => new URL(url).pathname.split("/").at(-1))).toEqual([
      "stream",
      "realtime",
    ]);
  });

  it.each([401, 403])("asks no further after %i: the right is missing, not the transport", async (code) => {
    server.answer = () => Response.json({ error: "no token" }, { status: code });
    client.start();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(1);
    expect(client.state.connection).toMatchObject({ status: "refused", reason: "no token" });
  });

  it.each([404, 405, 426, 501])("polls at once where the event stream is answered %i", async (code) => {
    server.answer = (url) =>
      url.includes("/realtime") ? Response.json(realtimeDocument()) : new Response("", { status: code });
    client.start();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(10);
    expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
  });

  it("waits as long as an overloaded server asks", async () => {
    const headers = { "Retry-After": "7" };
    server.answer = () => Response.json({ error: "full" }, { status: 503, headers });
    client = new RealtimeClient(config, { transport: "sse" });
    client.start();
    await vi.advanceTimersByTimeAsync(6_999);
    expect(server.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.requests).toHaveLength(2);
  });

  it("keeps to a socket that has worked through an outage", async () => {
    client.start();
    server.socket.snapshot();
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(500);
    server.socket.fail(1006);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.sockets).toHaveLength(3);
    expect(server.requests).toHaveLength(0);
  });
});

describe("a hidden tab", () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const show = (hidden: boolean): void => {
    page.hidden = hidden;
    page.dispatchEvent(new Event("visibilitychange"));
  };

  beforeEach(() => {
    page.hidden = false;
    vi.stubGlobal("document", page);
  });

  it("lets go of its connection, and catches up from its position when shown", async () => {
    client.start();
    server.socket.snapshot(5);
    show(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(status()).toBe("paused");
    expect(server.socket.open).toBe(false);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.sockets).toHaveLength(1);
    show(false);
    expect(new URL(server.socket.url).searchParams.get("position")).toBe("e:5");
    server.socket.snapshot(6);
    expect(status()).toBe("live");
  });

  it("keeps it for a quick look elsewhere", async () => {
    client.start();
    server.socket.snapshot();
    show(true);
    await vi.advanceTimersByTimeAsync(5_000);
    show(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(status()).toBe("live");
    expect(server.socket.open).toBe(true);
  });
});

it("is silent after stop", async () => {
  client.start();
  const socket = server.socket;
  client.stop();
  socket.snapshot();
  socket.fail(1006);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(server.sockets).toHaveLength(1);
  expect(client.state).toMatchObject({ data: null, connection: { status: "stopped" } });
});
