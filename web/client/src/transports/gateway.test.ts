/** The client where a deployment without servers pushes through its WebSocket API. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RealtimeClient } from "../index.js";
import { realtimeDocument } from "../../test/documents.js";
import { fakeServer } from "../../test/server.js";

const config = { baseUrl: "https://stats.example", siteId: "shop", minutes: 5 };

const server = fakeServer();
let client: RealtimeClient;

afterEach(() => client.stop());

const status = (): string => client.state.connection.status;

function redirected(body: object, code: number): Response {
  return Object.defineProperty(Response.json(body, { status: code }), "redirected", { value: true });
}

const gateway = "wss://sockets.example/live";
const withGateway = (url: string): Response =>
  url.includes("/realtime")
    ? Response.json(realtimeDocument())
    : Response.json({ error: "elsewhere", socket: gateway }, { status: 501 });

beforeEach(async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  server.answer = withGateway;
  client = new RealtimeClient({ ...config, limit: 7, token: "secret", filter: { path: "/docs*" } });
  client.start();
  server.socket.fail(1006);
  await vi.advanceTimersByTimeAsync(10);
});

it("subscribes there by itself, and is patient with its silence", async () => {
  expect(server.socket.url).toBe(gateway);
  server.socket.accept();
  expect(server.socket.sent).toEqual([
    { action: "subscribe", site: "shop", token: "secret", minutes: 5, limit: 7, path: "/docs*" },
  ]);
  server.socket.snapshot();
  expect(client.state.connection).toMatchObject({ status: "live", transport: "websocket" });
  await vi.advanceTimersByTimeAsync(100_000);
  expect(status()).toBe("live");
  server.socket.fail(1001);
  await vi.advanceTimersByTimeAsync(500);
  expect(server.sockets.at(-1)?.url).toBe(gateway);
  expect(server.sockets).toHaveLength(3);
});

it("polls when the socket is refused there too", async () => {
  server.socket.fail(1006);
  await vi.advanceTimersByTimeAsync(10);
  expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
  expect(server.sockets).toHaveLength(2);
});

it("believes its refusals", () => {
  server.socket.accept();
  server.socket.say({ type: "refused", code: 4401, reason: "no token" });
  expect(client.state.connection).toMatchObject({ status: "refused", code: 4401, reason: "no token" });
});

it("polls where the right to read is the session of the page", async () => {
  client.stop();
  client = new RealtimeClient(config);
  client.start();
  server.socket.fail(1006);
  await vi.advanceTimersByTimeAsync(10);
  server.socket.accept();
  server.socket.say({ type: "refused", code: 4401, reason: "no token" });
  await vi.advanceTimersByTimeAsync(10);
  expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
});

it("polls when the WebSocket API is full", async () => {
  server.socket.accept();
  server.socket.say({ type: "refused", code: 1013, reason: "too many views" });
  await vi.advanceTimersByTimeAsync(10);
  expect(client.state.connection).toMatchObject({ status: "live", transport: "polling" });
});

const elsewhere = { socket: "wss://elsewhere.example" };
it.each([
  ["that anyone can listen to", () => Response.json({ socket: "ws://sockets.example" }, { status: 501 })],
  ["that another server names, after a redirect", () => redirected(elsewhere, 501)],
  ["that is named by another error", () => Response.json(elsewhere, { status: 503 })],
])("gives no token to a socket %s", async (_what, answer) => {
  server.answer = (url) => (url.includes("/realtime") ? Response.json(realtimeDocument()) : answer());
  client.stop();
  client = new RealtimeClient({ ...config, token: "secret" });
  const before = server.sockets.length;
  client.start();
  server.socket.fail(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  const opened = server.sockets.slice(before).map(({ url }) => new URL(url).host);
  expect(new Set(opened)).toEqual(new Set(["stats.example"]));
});

it("shows no older document after a newer one: the functions run side by side", () => {
  server.socket.accept();
  server.socket.snapshot(20, { currentVisitors: 2 });
  server.socket.snapshot(10, { currentVisitors: 1 });
  expect(client.state.data?.currentVisitors).toBe(2);
  server.socket.snapshot(30, { currentVisitors: 3 });
  expect(client.state.data?.currentVisitors).toBe(3);
});
