import { nextTick } from "vue";
import { expect, it, vi } from "vitest";
import { pageView } from "../../../../client/test/documents.js";
import { fakeServer } from "../../../../client/test/server.js";
import { type Mounted, mounter } from "../../../test/mount.js";
import LiveActivityFeed from "./LiveActivityFeed.vue";

const config = { baseUrl: "https://stats.example", siteId: "shop" };

const server = fakeServer(Date.parse("2026-01-15T10:30:12Z"));
const show = mounter();

const rows = (feed: Mounted<object>): string[] => feed.texts(".footfall-feed__what");

it("shows what happened, where, and how long ago", async () => {
  const feed = show(LiveActivityFeed, { config });
  const at = { path: "/", timestamp: "2026-01-15T10:30:00Z", country: "DE", device: "mobile" };
  server.socket.snapshot(1, {
    recentEvents: [
      { id: "4", type: "goal", name: "Newsletter", ...at },
      { id: "3", type: "outbound", url: "https://example.org/x", ...at },
      { id: "2", type: "event", name: "signup", ...at },
      { id: "1", type: "pageview", title: "Home", ...at },
    ],
  });
  await nextTick();
  expect(rows(feed)).toEqual(["Newsletter", "example.org/x", "signup", "/"]);
  expect(feed.texts(".footfall-feed__where").at(-1)).toBe("Germany · Mobile · Home");
  expect(feed.text("time")).toBe("12s");
});

it("shows only the kinds and as many as asked for", async () => {
  const feed = show(LiveActivityFeed, { config, types: ["pageview"], maxItems: 1 });
  const event = { id: "c", type: "event", name: "x", path: "/", timestamp: pageView("c").timestamp };
  server.socket.snapshot(1, {
    recentEvents: [event as never, pageView("b"), pageView("a")],
  });
  await nextTick();
  expect(feed.root.querySelectorAll("li")).toHaveLength(1);
});

it("holds still under the pointer and counts what waits", async () => {
  const feed = show(LiveActivityFeed, { config });
  server.socket.snapshot(1, { recentEvents: [pageView("a")] });
  await nextTick();
  const body = feed.root.querySelector(".footfall-feed__body") as HTMLElement;
  body.dispatchEvent(new PointerEvent("pointerenter", { pointerType: "mouse" }));
  const position = { epoch: "e", version: 2 };
  server.socket.tell({ type: "update", position, recentEvents: [pageView("b")] });
  await nextTick();
  expect(rows(feed)).toHaveLength(1);
  expect(feed.text(".footfall-feed__held")).toBe("Paused · 1 new");
  body.dispatchEvent(new PointerEvent("pointerleave"));
  await nextTick();
  expect(rows(feed)).toHaveLength(2);
});

it("stands still on demand", async () => {
  const feed = show(LiveActivityFeed, { config });
  server.socket.snapshot(1, { recentEvents: [pageView("a")] });
  await nextTick();
  const button = feed.root.querySelector<HTMLButtonElement>("[aria-label='Pause the activity']");
  button?.click();
  server.socket.snapshot(2, { recentEvents: [pageView("b"), pageView("a")] });
  await nextTick();
  expect(rows(feed)).toHaveLength(1);
  button?.click();
  await nextTick();
  expect(rows(feed)).toHaveLength(2);
});

it("takes a flood at a pace that can be followed", async () => {
  const feed = show(LiveActivityFeed, { config });
  const many = (name: string) => Array.from({ length: 20 }, (_, at) => pageView(`${name}${at}`));
  const ids = () => [...feed.root.querySelectorAll("li")].map((row) => row.dataset["id"]);
  for (const [version, name] of ["a", "b", "c"].entries()) {
    server.socket.snapshot(version + 1, { recentEvents: many(name) });
    await nextTick();
  }
  expect(ids()[0]).toBe("b0");
  await vi.advanceTimersByTimeAsync(1100);
  expect(ids()[0]).toBe("c0");
});

it("shows markup as text", async () => {
  const feed = show(LiveActivityFeed, { config });
  const row = { ...pageView("a"), path: "/<img src=x onerror=alert(1)>", title: "<b>bold</b>" };
  server.socket.snapshot(1, { recentEvents: [row as never] });
  await nextTick();
  expect(rows(feed)).toEqual(["/<img src=x onerror=alert(1)>"]);
  expect(feed.root.querySelector("img, b")).toBeNull();
});
