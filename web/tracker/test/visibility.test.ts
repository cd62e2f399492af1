import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  beaconed,
  closePage,
  fetched,
  hide,
  last,
  load,
  openPage,
  sent,
  set,
  show,
  types,
} from "./page";

beforeEach(openPage);
afterEach(closePage);

test("a visible tab pings every 20 seconds, a hidden one does not", async () => {
  await load();

  vi.advanceTimersByTime(40_000);
  expect(types()).toEqual(["pageview", "ping", "ping"]);

  hide();
  vi.advanceTimersByTime(60_000);
  expect(types()).toEqual(["pageview", "ping", "ping", "leave"]);
});

test("pings and leaves carry no id: saying them twice changes nothing", async () => {
  await load();
  vi.advanceTimersByTime(20_000);
  hide();

  expect(sent().map(({ e, id }) => [e, typeof id])).toEqual([
    ["pageview", "string"],
    ["ping", "undefined"],
    ["leave", "undefined"],
  ]);
});

test("leaving goes by beacon, once, for the sid that was open", async () => {
  await load();
  const { sid } = last();

  window.dispatchEvent(new Event("pagehide"));
  hide();

  expect(beaconed).toHaveBeenCalledTimes(1);
  expect(beaconed.mock.calls[0]![0]).toBe("https://stats.example/collect");
  expect(last()).toMatchObject({ e: "leave", sid });
});

test.each([
  ["refused", () => beaconed.mockReturnValue(false)],
  ["missing", () => set(navigator, "sendBeacon", undefined)],
])("with the beacon %s, leaving goes by fetch", async (_, spoil) => {
  spoil();
  await load();

  hide();

  expect(JSON.parse(fetched.mock.lastCall![1].body as string)).toMatchObject({ e: "leave" });
});

test("a tab that is shown again has a new sid and says so", async () => {
  await load();
  hide();

  show();

  expect(types()).toEqual(["pageview", "leave", "ping"]);
  const [first, left, again] = sent();
  expect(left!.sid).toBe(first!.sid);
  expect(again!.sid).not.toBe(first!.sid);
});

test("a page that comes back from the back/forward cache is a page view with a new sid", async () => {
  await load();
  const { sid } = last();
  window.dispatchEvent(new Event("pagehide"));

  const event = new Event("pageshow");
  set(event, "persisted", true);
  window.dispatchEvent(event);

  expect(last().e).toBe("pageview");
  expect(last().sid).not.toBe(sid);
});

test("the first pageshow of a page is not a return", async () => {
  await load();

  window.dispatchEvent(new Event("pageshow"));

  expect(types()).toEqual(["pageview"]);
});

test("a tab opened in the background counts when it is first looked at", async () => {
  set(document, "hidden", true);
  await load();
  expect(sent()).toEqual([]);

  show();

  expect(types()).toEqual(["pageview"]);
});

test("a prerendered page counts when it is activated", async () => {
  set(document, "prerendering", true);
  await load();
  vi.advanceTimersByTime(60_000);
  expect(sent()).toEqual([]);

  set(document, "prerendering", false);
  document.dispatchEvent(new Event("prerenderingchange"));

  expect(types()).toEqual(["pageview"]);
});
