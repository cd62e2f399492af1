import { nextTick } from "vue";
import { expect, it } from "vitest";
import { fakeServer } from "../../../../client/test/server.js";
import { mounter } from "../../../test/mount.js";
import RealtimeCounter from "./RealtimeCounter.vue";

const config = { baseUrl: "https://stats.example", siteId: "shop" };

const server = fakeServer(Date.parse("2026-01-15T10:30:12Z"));
const show = mounter();

it("shows the visitors, and says what it counts", async () => {
  const counter = show(RealtimeCounter, { config });
  expect(counter.text("[data-testid=current-visitors]")).toBe("");
  server.socket.snapshot(1, { currentVisitors: 42 });
  await nextTick();
  expect(counter.text("[data-testid=current-visitors]")).toBe("42");
  expect(counter.text(".footfall-counter__label")).toBe("visitors in the last 5 minutes");
});

it("takes a label and another site", async () => {
  const counter = show(RealtimeCounter, { config, label: "here now" });
  server.socket.snapshot();
  await counter.set({ config: { ...config, siteId: "blog" } });
  expect(server.socket.url).toContain("/sites/blog/ws");
  expect(counter.text("[data-testid=current-visitors]")).toBe("");
  expect(counter.text(".footfall-counter__label")).toBe("here now");
});
