import { createApp, nextTick } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeServer } from "../../client/test/server.js";
import App from "../src/App.vue";

const NOTHING = { currentVisitors: 0, presentVisitors: 0, pageViews: 0, perMinute: [] };

const NO_PAST = (): Response => Response.json({ from: "2026-01-15T00:00+00:00", rows: [], usual: [] });

const server = fakeServer();
let unmount: () => void = () => {};

beforeEach(() => localStorage.clear());

afterEach(() => {
  unmount();
  vi.advanceTimersByTime(1000);
});

function open(address: string): HTMLElement {
  window.location.href = `http://localhost:3000${address}`;
  const root = document.createElement("div");
  document.body.append(root);
  const app = createApp(App);
  app.mount(root);
  unmount = () => {
    app.unmount();
    root.remove();
  };
  return root;
}

const text = (root: HTMLElement, testid: string): string =>
  root.querySelector(`[data-testid=${testid}]`)?.textContent?.trim() ?? "";

describe("a site's page", () => {
  it("shows the numbers of the window in its address, over one connection", async () => {
    const root = open("/sites/shop?minutes=1");
    expect(server.sockets.map((socket) => socket.url)).toEqual([
      "ws://localhost:3000/api/analytics/sites/shop/ws?minutes=1&limit=50",
    ]);
    expect(text(root, "connection-state")).toBe("Connecting…");
    server.socket.snapshot(1, { currentVisitors: 12, presentVisitors: 5, pageViews: 30 });
    await nextTick();
    expect(text(root, "current-visitors")).toBe("12");
    expect(text(root, "present-visitors")).toBe("5");
    expect(text(root, "page-views")).toBe("30");
    expect(text(root, "connection-state")).toBe("Live");
    expect(document.title).toBe("12 · shop · Footfall");
  });

  it("follows the choice of another window", async () => {
    const root = open("/sites/shop");
    root.querySelector<HTMLInputElement>("input[value='30']")?.click();
    await nextTick();
    expect(server.socket.url).toContain("minutes=30");
    expect(window.location.search).toBe("?minutes=30");
  });

  it("filters everything by a row, says so in the address, and lets go again", async () => {
    const root = open("/sites/shop?minutes=1");
    server.socket.snapshot(1, { locations: [{ country: "DE", visitors: 2 }] });
    await nextTick();
    const row = () => root.querySelector<HTMLElement>("[data-testid=locations] [data-label=DE]");
    row()?.click();
    await nextTick();
    expect(new URL(server.socket.url).searchParams.get("country")).toBe("DE");
    expect(window.location.search).toBe("?minutes=1&country=DE");
    expect(server.sockets.filter((socket) => socket.open)).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    // The other one stays for the rows to switch to.
    expect(server.sockets.filter((socket) => socket.open)).toHaveLength(2);
    expect(row()?.getAttribute("aria-pressed")).toBe("true");
    const chip = root.querySelector<HTMLElement>("[data-testid=filters] button");
    expect(chip?.textContent).toBe("Country Germany, remove this filter");
    chip?.click();
    await nextTick();
    expect(window.location.search).toBe("?minutes=1");
    expect(root.querySelector("[data-testid=filters]")).toBeNull();
  });

  it("has keys, and a sheet that tells of them", async () => {
    const root = open("/sites/shop");
    const press = (key: string) => window.dispatchEvent(new KeyboardEvent("keydown", { key }));
    press("4");
    await nextTick();
    expect(window.location.search).toBe("?minutes=30");
    press("f");
    await nextTick();
    expect(window.location.search).toBe("?minutes=30&tv=1");
    expect(document.documentElement.classList.contains("tv")).toBe(true);
    press("?");
    await nextTick();
    await nextTick();
    const sheet = root.querySelector<HTMLDialogElement>("dialog[open]");
    expect(sheet?.textContent).toContain("Pause the activity");
  });

  it("shows an admin the snippet until the first event", async () => {
    const site = { id: "new", name: "Novel", public: false, domains: [], firstEvent: null };
    server.answer = (url) => {
      if (url.includes("/concurrency")) return NO_PAST();
      if (url.endsWith("/drops")) return Response.json([]);
      return url.endsWith("/script") ? new Response("<script data-site=new>") : Response.json(site);
    };
    const root = open("/sites/new");
    server.socket.snapshot(1, { siteId: "new", ...NOTHING });
    await vi.waitFor(() => expect(text(root, "setup")).toContain("<script data-site=new>"));
    expect(root.querySelector("h1")?.textContent).toBe("Novel");
    server.socket.snapshot(2, { siteId: "new", ...NOTHING, currentVisitors: 1 });
    await nextTick();
    expect(text(root, "current-visitors")).toBe("1");
    server.socket.snapshot(3, { siteId: "new", ...NOTHING });
    await nextTick();
    expect(root.textContent).toContain("no visit in the last half hour");
  });

  it("does not take a quiet site for a new one", async () => {
    const site = { id: "night", name: "Night", public: false, domains: [], firstEvent: "2026-01-15T09:00:00Z" };
    server.answer = (url) => (url.includes("/concurrency") ? NO_PAST() : Response.json(site));
    const root = open("/sites/night");
    server.socket.snapshot(1, { siteId: "night", ...NOTHING });
    await vi.waitFor(() => expect(root.querySelector("h1")?.textContent).toBe("Night"));
    expect(root.textContent).toContain("no visit in the last half hour");
    expect(root.querySelector("[data-testid=setup]")).toBeNull();
  });

  it("says what is usual, and today's peak, to whoever may see the past", async () => {
    const site = { id: "shop", name: "Shop", public: true, publicHistory: true, timeZone: "UTC" };
    const row = (time: string, currentVisitors: number, pageViews: number): object => ({
      time,
      currentVisitors,
      presentVisitors: 0,
      pageViews,
    });
    const minute = "2026-01-15T10:29";
    const near = {
      rows: [row(`${minute}+00:00`, 3, 1)],
      usual: [row(`${minute}+00:00`, 120, 40), row("2026-01-15T10:30+00:00", 121, 50)],
    };
    const day = {
      from: "2026-01-15T00:00+00:00",
      rows: [row("2026-01-15T09:00+00:00", 211, 9), near.rows[0]],
      usual: [],
    };
    server.answer = (url) =>
      Response.json(url.includes("step=1h") ? day : url.includes("/concurrency") ? near : site);
    const root = open("/sites/shop");
    server.socket.snapshot(1, { perMinute: [{ minute, pageViews: 10, visitors: 3 }] });
    await vi.waitFor(() => expect(text(root, "past")).toBe("usually 120 · today’s peak 211"));
    expect(root.querySelector(".footfall-chart__usual path")?.getAttribute("d")).toBe("M0.5 0");
    root.querySelector<HTMLInputElement>("input[value='30']")?.click();
    await nextTick();
    expect(text(root, "past")).toBe("");
    await vi.advanceTimersByTimeAsync(60_000);
    const asked = server.requests.filter(({ url }) => url.includes("/concurrency"));
    expect(asked.map(({ url }) => url.includes("step=1h"))).toEqual([false, true, false]);
  });

  it("asks for no past that it may not see", async () => {
    server.answer = () =>
      Response.json({ id: "shop", name: "Shop", public: true, publicHistory: false, timeZone: "UTC" });
    const root = open("/sites/shop");
    server.socket.snapshot(1);
    await vi.waitFor(() => expect(root.querySelector("h1")?.textContent).toBe("Shop"));
    expect(server.requests.filter(({ url }) => url.includes("/concurrency"))).toEqual([]);
  });

  it("reads with the token of a share link", () => {
    open("/sites/shop#token=secret");
    expect(new URL(server.socket.url).searchParams.get("token")).toBe("secret");
  });

  it("asks for a token when the site is not for everybody, and says when it is wrong", async () => {
    const root = open("/sites/private");
    server.socket.fail(4401);
    await nextTick();
    const input = root.querySelector<HTMLInputElement>("input#token");
    if (!input) throw new Error("There is no field for the token.");
    server.answer = () => Response.json({ error: "this token is not known" }, { status: 401 });
    input.value = "wrong";
    input.dispatchEvent(new Event("input"));
    root.querySelector("form")?.dispatchEvent(new Event("submit"));
    await vi.advanceTimersByTimeAsync(0);
    expect(root.querySelector("[role=alert]")?.textContent).toBe("this token is not known");
    expect(server.requests.map(({ url }) => url)).toContain("/api/analytics/session");
  });

  it("says that there is no such site", async () => {
    const root = open("/sites/nowhere");
    server.socket.fail(4404);
    await nextTick();
    expect(root.querySelector("h1")?.textContent).toBe("No such site");
  });
});

describe("the wall", () => {
  const position = { epoch: "e", version: 1 };
  const asOf = "2026-01-15T10:30:12Z";

  it("shows every site, and leads to its page", async () => {
    const root = open("/#token=secret");
    const row = { siteId: "shop", name: "Shop", currentVisitors: 3, perMinute: [], topPage: "/a" };
    server.socket.tell({ type: "snapshot", position, asOf, sites: [row] } as never);
    await nextTick();
    const tile = root.querySelector("[data-site=shop]");
    expect(tile?.querySelector("a")?.getAttribute("href")).toBe("/sites/shop#token=secret");
    expect(tile?.textContent).toContain("/a");
    expect(text(root, "site-visitors")).toBe("3");
  });

  it("lets an admin without sites make the first", async () => {
    localStorage.setItem("footfall-session", JSON.stringify({ scope: "admin", siteId: null }));
    await import("../src/components/NewSite.vue"); // loaded on demand otherwise
    const root = open("/");
    server.socket.tell({ type: "snapshot", position, asOf, sites: [] } as never);
    await vi.waitFor(() => expect(root.querySelector("[data-testid=new-site]")).not.toBeNull());
    const [name, , id] = root.querySelectorAll<HTMLInputElement>("[data-testid=new-site] input");
    if (!name || !id) throw new Error("There is no form for a site.");
    name.value = "My Shop & Co";
    name.dispatchEvent(new Event("input"));
    await nextTick();
    expect(id.value).toBe("my-shop-and-co");
    name.value = "Чай и café";
    name.dispatchEvent(new Event("input"));
    await nextTick();
    expect(id.value).toBe("chaj-i-cafe");
  });

  it("asks a stranger to sign in when nothing is public", async () => {
    const root = open("/");
    server.socket.tell({ type: "snapshot", position, asOf, sites: [] } as never);
    await nextTick();
    expect(root.querySelector("form h1")?.textContent).toBe("Sign in");
  });
});

describe("the settings of the server", () => {
  const session = {
    id: "s1",
    tokenId: "settings",
    tokenName: "",
    scope: "admin",
    siteId: null,
    created: "2026-01-15T10:30:12Z",
    expires: "2026-02-14T10:30:12Z",
    current: true,
  };

  it("sign everybody out, here too", async () => {
    localStorage.setItem("footfall-session", JSON.stringify({ scope: "admin", siteId: null }));
    server.answer = (url) =>
      url.endsWith("/sessions") ? Response.json([session]) : Response.json([]);
    await import("../src/settings/SettingsPage.vue"); // loaded on demand otherwise
    const root = open("/?page=settings");
    await vi.waitFor(() => expect(root.textContent).toContain("Admin token"));
    expect(root.textContent).toContain("this session, since");
    const buttons = [...root.querySelectorAll("button")];
    const everywhere = buttons.find((button) => button.textContent === "Sign out everywhere");
    everywhere?.closest("form")?.dispatchEvent(new Event("submit"));
    await vi.waitFor(() => expect(localStorage.getItem("footfall-session")).toBeNull());
    const asked = server.requests.map(({ url }) => url);
    expect(asked.slice(-2)).toEqual(["/api/analytics/sessions", "/api/analytics/session"]);
  });
});
