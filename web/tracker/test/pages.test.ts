import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closePage, fetched, last, load, openPage, push, sent, set, types } from "./page";

beforeEach(openPage);
afterEach(closePage);

test("a page view says which page, from where, on which screen", async () => {
  set(document, "referrer", "https://search.example/");
  set(screen, "width", 1440);
  set(screen, "height", 900);

  await load();

  expect(sent()).toEqual([
    {
      s: "shop",
      e: "pageview",
      u: "https://shop.example/start?utm_source=news#top",
      sid: expect.stringMatching(/^\d{8,40}$/),
      id: expect.stringMatching(/^\d{8,40}$/),
      r: "https://search.example/",
      t: "Start",
      sw: 1440,
      sh: 900,
    },
  ]);
});

test("it is posted without preflight, cookies or waiting, to the script's own host", async () => {
  await load();

  expect(fetched).toHaveBeenCalledExactlyOnceWith("https://stats.example/collect", {
    method: "POST",
    body: expect.any(String),
    keepalive: true,
    credentials: "omit",
  });
});

test.each([
  ["https://else.example/in", "https://else.example/in"],
  ["/api/analytics/collect", "https://stats.example/api/analytics/collect"],
])("data-endpoint %s", async (endpoint, expected) => {
  await load({ site: "shop", endpoint });

  expect(fetched.mock.calls[0]![0]).toBe(expected);
});

test("a page opened without a referrer names none", async () => {
  await load();

  expect(last()).not.toHaveProperty("r");
});

test("a title that the server would refuse is cut", async () => {
  document.title = "x".repeat(5000);

  await load();

  expect(last().t).toHaveLength(2000);
});

test("a move by the History API is a page view that comes from the page before", async () => {
  await load();
  const { sid } = last();

  history.pushState(null, "", "/shoes?size=42");
  document.title = "Shoes";
  vi.advanceTimersByTime(0);

  expect(last()).toMatchObject({
    e: "pageview",
    u: "https://shop.example/shoes?size=42",
    r: "https://shop.example/start?utm_source=news#top",
    t: "Shoes",
    sid,
  });
});

test("redirects made in one go count once", async () => {
  await load();

  history.pushState(null, "", "/old");
  history.replaceState(null, "", "/new");
  vi.advanceTimersByTime(0);

  expect(sent().map(({ u }) => new URL(u).pathname)).toEqual(["/start", "/new"]);
});

test("going back in the history is a page view", async () => {
  await load();
  push("/shoes");

  history.replaceState(null, "", "/start");
  window.dispatchEvent(new Event("popstate"));
  vi.advanceTimersByTime(0);

  expect(last()).toMatchObject({ e: "pageview", u: "https://shop.example/start" });
});

test.each(["?page=2", "#reviews", "/start"])("%s is the same page", async (url) => {
  await load();

  push(url);

  expect(types()).toEqual(["pageview"]);
});

test("with data-hash the fragment is the page", async () => {
  await load({ site: "shop", hash: "" });

  push("/app/?utm_source=mail#/docs/start?tab=1");
  push("/app/?utm_source=mail#!docs/end");
  push("/app/");

  expect(sent().map(({ u }) => u)).toEqual([
    "https://shop.example/start/top?utm_source=news",
    "https://shop.example/app/docs/start?utm_source=mail",
    "https://shop.example/app/docs/end?utm_source=mail",
    "https://shop.example/app/",
  ]);
});

test("the page's own history functions still do what they did", async () => {
  const original = vi.fn();
  set(history, "pushState", original);
  await load();

  history.pushState({ deep: 1 }, "", "/there");

  expect(original).toHaveBeenCalledExactlyOnceWith({ deep: 1 }, "", "/there");
  expect(original.mock.contexts[0]).toBe(history);
});
