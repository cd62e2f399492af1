// @vitest-environment happy-dom
import { createApp, nextTick } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeServer, fakeServer } from "../../client/test/server.js";
import App from "../src/App.vue";

let server: FakeServer;
let unmount: () => void = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  server = fakeServer();
  localStorage.clear();
});

afterEach(() => {
  unmount();
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
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
      "ws://localhost:3000/api/analytics/sites/shop/ws?minutes=1",
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
    expect(server.requests.map(({ url }) => url)).toEqual(["/api/analytics/session"]);
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
    server.socket.send({ type: "snapshot", position, asOf, sites: [row] } as never);
    await nextTick();
    const tile = root.querySelector<HTMLAnchorElement>("[data-site=shop]");
    expect(tile?.getAttribute("href")).toBe("/sites/shop#token=secret");
    expect(tile?.textContent).toContain("/a");
    expect(text(root, "site-visitors")).toBe("3");
  });

  it("asks a stranger to sign in when nothing is public", async () => {
    const root = open("/");
    server.socket.send({ type: "snapshot", position, asOf, sites: [] } as never);
    await nextTick();
    expect(root.querySelector("form h1")?.textContent).toBe("Sign in");
  });
});
