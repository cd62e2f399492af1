/** Messages of a real server, recorded by `python -m tools.record_messages`. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type LiveMessage, RealtimeClient, type RealtimeDocument } from "../src/index.js";
import recorded from "./recorded.json" with { type: "json" };
import { fakeServer } from "./server.js";

const config = { baseUrl: "https://stats.example", siteId: "public-site", limit: recorded.limit };
const steps = recorded.steps as readonly { what: string; messages: string[]; document: object }[];
const RESUMED = steps.findIndex((step) => step.what.startsWith("a lost connection"));

const server = fakeServer();
let client: RealtimeClient;

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  client = new RealtimeClient(config);
});

afterEach(() => client.stop());

function hear(messages: readonly string[]): void {
  for (const message of messages) {
    server.socket.tell(JSON.parse(message) as LiveMessage<RealtimeDocument>);
  }
}

it("has the document that HTTP gives, after each thing that happened", async () => {
  client.start();
  for (const [index, { what, messages, document }] of steps.entries()) {
    if (index === RESUMED) {
      server.socket.fail(1012);
      await vi.advanceTimersByTimeAsync(1000);
    }
    hear(messages);
    expect(client.state.data, what).toEqual(document);
    expect(client.state.connection.status).toBe("live");
  }
});

it("takes up a lost connection from the last message, and shows no row twice", async () => {
  client.start();
  for (const { messages } of steps.slice(0, RESUMED)) hear(messages);
  const last = JSON.parse(steps[RESUMED - 1]?.messages.at(-1) ?? "{}") as LiveMessage<object>;
  server.socket.fail(1006);
  await vi.advanceTimersByTimeAsync(1000);
  const position = new URL(server.socket.url).searchParams.get("position");
  expect(position).toBe(`${last.position.epoch}:${last.position.version}`);
  hear(steps[RESUMED]?.messages ?? []);
  const ids = client.state.data?.recentEvents.map((row) => row.id) ?? [];
  expect(new Set(ids).size).toBe(ids.length);
});

describe("the recording", () => {
  it("has every kind of message, a late event and a resumption among them", () => {
    const messages = steps.flatMap((step) => step.messages).map((text) => JSON.parse(text));
    const kinds = new Set(messages.map((message) => message.type));
    expect(kinds).toEqual(new Set(["snapshot", "update", "tick"]));
    expect(messages.some((message) => message.feedReset)).toBe(true);
    expect(JSON.parse(steps[RESUMED]?.messages[0] ?? "{}").type).toBe("update");
  });
});
