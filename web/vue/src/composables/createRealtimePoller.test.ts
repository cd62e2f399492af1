import { effectScope } from "vue";
import { expect, it, vi } from "vitest";
import { realtimeDocument } from "../../../client/test/documents.js";
import { fakeServer } from "../../../client/test/server.js";
import { createRealtimePoller } from "../index.js";

const server = fakeServer();

it("polls into refs, until its scope ends", async () => {
  server.answer = () => Response.json(realtimeDocument());
  const scope = effectScope();
  const config = { baseUrl: "https://stats.example", siteId: "shop", interval: 1000 };
  const poller = scope.run(() => createRealtimePoller(config))!;
  poller.start();
  expect(poller.isLoading.value).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(poller.data.value).toEqual(realtimeDocument());
  server.answer = () => Response.json({ error: "busy" }, { status: 503 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(poller.error.value?.message).toBe("busy");
  scope.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.requests).toHaveLength(2);
});
