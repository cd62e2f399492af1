/** What the tracker must never do to the page or to the visitor. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  beaconed,
  click,
  closePage,
  fetched,
  hide,
  load,
  openPage,
  push,
  sent,
  set,
  show,
  types,
} from "./page";

beforeEach(openPage);
afterEach(closePage);

const fail = () => {
  throw new Error("the page broke it");
};

const OPT_OUTS = [
  ["doNotTrack", "1"],
  ["globalPrivacyControl", true],
] as const;

test.each(OPT_OUTS)("with %s nothing is sent, and the page's calls still work", async (name, on) => {
  set(navigator, name, on);
  await load();

  window.footfall!("event", "signup");
  push("/next");
  vi.advanceTimersByTime(60_000);
  hide();

  expect(sent()).toEqual([]);
});

test.each(OPT_OUTS)('data-honour-dnt="false" overrules %s', async (name, on) => {
  set(navigator, name, on);

  await load({ site: "shop", honourDnt: "false" });

  expect(types()).toEqual(["pageview"]);
});

test("nothing is stored in the browser", async () => {
  await load();
  window.footfall!("event", "signup");
  hide();
  show();

  expect(document.cookie).toBe("");
  expect(localStorage).toHaveLength(0);
  expect(sessionStorage).toHaveLength(0);
});

test("a second copy of the script does nothing", async () => {
  await load();
  await load({ site: "other" });

  push("/next");

  expect(sent().map(({ s, e }) => [s, e])).toEqual([
    ["shop", "pageview"],
    ["shop", "pageview"],
  ]);
});

test("without data-site it says what to do and counts nothing", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();

  await load({});

  expect(error.mock.lastCall![0]).toContain("data-site");
  expect(sent()).toEqual([]);
});

test.each([
  ["the server is full", () => fetched.mockResolvedValueOnce({ status: 503 })],
  ["it came too often", () => fetched.mockResolvedValueOnce({ status: 429 })],
  ["the network fails", () => fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"))],
])("when %s, the same event is said once more", async (_, spoil) => {
  spoil();
  await load();

  await vi.advanceTimersByTimeAsync(6_000);

  const [first, again, ...more] = sent();
  expect(again).toEqual(first);
  expect(more).toEqual([]);
});

test("after that it gives up", async () => {
  fetched.mockResolvedValue({ status: 503 });
  await load();

  await vi.advanceTimersByTimeAsync(19_000);

  expect(types()).toEqual(["pageview", "pageview"]);
});

test("what the server calls wrong is not said again", async () => {
  fetched.mockResolvedValue({ status: 400 });
  await load();

  await vi.advanceTimersByTimeAsync(19_000);

  expect(types()).toEqual(["pageview"]);
});

test("a ping that failed is not repeated: the next one comes anyway", async () => {
  await load();
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));

  await vi.advanceTimersByTimeAsync(39_000);

  expect(types()).toEqual(["pageview", "ping"]);
});

test.each([
  ["missing", undefined],
  ["broken", fail],
])("with fetch %s it goes by beacon", async (_, broken) => {
  vi.stubGlobal("fetch", broken);

  await load();

  expect(beaconed).toHaveBeenCalledTimes(1);
});

const HOSTILE: [string, () => void][] = [
  ["no fetch", () => vi.stubGlobal("fetch", undefined)],
  ["no beacon either", () => (vi.stubGlobal("fetch", fail), set(navigator, "sendBeacon", fail))],
  ["fetch that returns nothing", () => vi.stubGlobal("fetch", () => undefined)],
  ["fetch that answers nothing", () => vi.stubGlobal("fetch", async () => undefined)],
  ["a beacon that throws", () => beaconed.mockImplementation(fail)],
  ["no crypto", () => vi.stubGlobal("crypto", undefined)],
  ["broken JSON", () => vi.spyOn(JSON, "stringify").mockImplementation(fail)],
  ["a named element in the way", () => (window.footfall = document.createElement("div") as never)],
  ["a queue that is none", () => (window.footfall = { q: 5 } as never)],
];

test("where the history can't be patched, the rest still works", async () => {
  Object.defineProperty(history, "pushState", { value: history.pushState, writable: false, configurable: true });

  await load();
  window.footfall!("event", "x");

  expect(types()).toEqual(["pageview", "event"]);
});

test.each(HOSTILE)("%s: nothing reaches the page", async (_, spoil) => {
  const problems: unknown[] = [];
  const note = (problem: unknown) => problems.push(problem);
  process.on("unhandledRejection", note);
  window.addEventListener("error", note);
  document.body.innerHTML = `<a href="https://other.example/" data-footfall-event="x">x</a>`;
  document.querySelector("a")!.addEventListener("click", (e) => e.preventDefault());

  spoil();
  await load();
  window.footfall!("event", "x", Object.defineProperty({}, "y", { get: fail, enumerable: true }));
  click("a");
  await vi.advanceTimersByTimeAsync(30_000);
  hide();
  show();
  vi.useRealTimers();
  await new Promise(setImmediate);

  expect(problems).toEqual([]);
  process.off("unhandledRejection", note);
  window.removeEventListener("error", note);
});

test.each([
  ["no script tag is known", () => import("../src/main")],
  ["the endpoint is no URL", () => load({ site: "shop", endpoint: "https://[" })],
])("when %s, it stays silent", async (_, start) => {
  await start();

  window.footfall!("event", "x");
  push("/next");

  expect(sent()).toEqual([]);
});
