import { afterEach, beforeEach, expect, test } from "vitest";
import { click, closePage, last, load, openPage, sent, set, show, types } from "./page";

beforeEach(openPage);
afterEach(closePage);

const footfall = (...call: unknown[]) =>
  (window.footfall as (...call: unknown[]) => void)(...call);

const events = () => sent().filter(({ e }) => e !== "pageview");

/** The snippet in the docs that lets a site call `footfall` before the script is loaded. */
function queueSnippet(): void {
  window.footfall =
    window.footfall ||
    function (...call: unknown[]) {
      (window.footfall!.q = window.footfall!.q || []).push(call);
    };
}

test("a custom event has a name and properties", async () => {
  await load();

  footfall("event", "signup", { plan: "pro", value: 9.5, trial: true });

  expect(last()).toMatchObject({
    e: "event",
    u: "https://shop.example/start?utm_source=news#top",
    id: expect.any(String),
    p: { name: "signup", plan: "pro", value: 9.5, trial: true },
  });
});

test("calls made before the script came are kept, after the page view", async () => {
  queueSnippet();
  footfall("event", "early", { n: 1 });
  footfall("event", "bird");

  await load();

  expect(sent().map(({ e, p }) => p?.name ?? e)).toEqual(["pageview", "early", "bird"]);
});

test("calls made before the page is seen are kept, but not without bound", async () => {
  set(document, "hidden", true);
  await load();
  for (let n = 0; n < 500; n++) footfall("event", `n${n}`);
  expect(sent()).toEqual([]);

  show();

  expect(events()).toHaveLength(100);
  expect(events()[0]!.p).toEqual({ name: "n0" });
});

test("properties that the server would refuse are left out", async () => {
  await load();
  const loop: Record<string, unknown> = { plan: "pro" };
  loop.self = loop;

  footfall("event", "odd", { ...loop, list: [1], fn() {}, none: null, big: 10n, sym: Symbol() });

  expect(last().p).toEqual({ name: "odd", plan: "pro" });
});

test("a number past 64 bits is sent as text", async () => {
  await load();

  footfall("event", "odd", { big: 2 ** 64, less: -(2 ** 65), most: 2 ** 62, small: 1e-30, yes: true });

  expect(last().p).toEqual({
    name: "odd",
    big: "18446744073709552000",
    less: "-36893488147419103000",
    most: 2 ** 62,
    small: 1e-30,
    yes: true,
  });
});

test.each([[[]], [["event"]], [["event", ""]], [["consent", "x"]], [[Symbol(), Symbol()]]])(
  "footfall(%o) says nothing",
  async (call) => {
    await load();

    footfall(...call);

    expect(types()).toEqual(["pageview"]);
  },
);

test("an element with data-footfall-event says so when it or something in it is clicked", async () => {
  await load();
  document.body.innerHTML = `
    <button data-footfall-event="buy" data-footfall-prop-sku="a-1" data-footfall-prop-in-cart="2">
      <b>Buy</b>
    </button>`;

  click("b");

  expect(events().map(({ e, p }) => [e, p])).toEqual([
    ["event", { name: "buy", sku: "a-1", "in-cart": "2" }],
  ]);
});

test("the page can't hide a click by stopping it", async () => {
  await load();
  document.body.innerHTML = `<button data-footfall-event="buy">Buy</button>`;
  document.querySelector("button")!.addEventListener("click", (e) => e.stopPropagation());

  click("button");

  expect(types()).toEqual(["pageview", "event"]);
});

test.each([
  ["click", 0, ["outbound"]],
  ["auxclick", 1, ["outbound"]],
  ["auxclick", 2, []],
])("%s with button %i on a link that leaves the site", async (type, button, expected) => {
  await load();
  document.body.innerHTML = `<a href="https://other.example/a?b=1"><i>there</i></a>`;

  click("i", type, button);

  expect(events().map(({ e }) => e)).toEqual(expected);
  if (expected.length) expect(last().p).toEqual({ url: "https://other.example/a?b=1" });
});

test.each(["/inside", "https://shop.example/inside", "mailto:a@b.example", "javascript:void 0"])(
  "a click on %s is not outbound",
  async (href) => {
    await load();
    document.body.innerHTML = `<a href="${href}">x</a>`;
    document.querySelector("a")!.addEventListener("click", (e) => e.preventDefault());

    click("a");

    expect(types()).toEqual(["pageview"]);
  },
);
