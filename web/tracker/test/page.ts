/** A page for the tracker. It records what the tracker sends, and removes what the tracker adds. */
import { vi } from "vitest";

interface Sent {
  s: string;
  e: string;
  u: string;
  sid: string;
  id?: string;
  r?: string;
  t?: string;
  sw?: number;
  sh?: number;
  p?: Record<string, unknown>;
}

const SCRIPT = "https://stats.example/footfall.js";

/** The address of the page at the start of each test. */
const HOME = "https://shop.example/start?utm_source=news#top";

const originals = { pushState: history.pushState, replaceState: history.replaceState };
const listeners: [EventTarget, Parameters<EventTarget["addEventListener"]>][] = [];

export const fetched = vi.fn<(url: string, init: RequestInit) => Promise<{ status: number }>>();
export const beaconed = vi.fn<(url: string, body: string) => boolean>();

/** Sets up a new page. `closePage` removes it with everything that the tracker added. */
export function openPage(): void {
  vi.resetModules();
  vi.useFakeTimers();
  fetched.mockReset().mockResolvedValue({ status: 204 });
  beaconed.mockReset().mockReturnValue(true);
  vi.stubGlobal("fetch", fetched);
  set(navigator, "sendBeacon", beaconed);
  set(navigator, "doNotTrack", null);
  set(navigator, "globalPrivacyControl", undefined);
  set(document, "hidden", false);
  set(document, "prerendering", false);
  set(document, "referrer", "");
  happyDOM().setURL(HOME);
  document.title = "Start";
  document.body.innerHTML = "";
  recordListeners(window);
  recordListeners(document);
}

export function closePage(): void {
  for (const [target, [type, listener]] of listeners.splice(0))
    target.removeEventListener(type, listener, true);
  set(history, "pushState", originals.pushState);
  set(history, "replaceState", originals.replaceState);
  delete window.footfall;
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
}

/** Runs the script like a script tag with these data attributes. */
export async function load(attributes: Record<string, string> = { site: "shop" }): Promise<void> {
  const script = document.createElement("script");
  set(script, "src", SCRIPT);
  Object.assign(script.dataset, attributes);
  set(document, "currentScript", script);
  vi.resetModules();
  await import("../src/main");
  set(document, "currentScript", null);
}

/** Everything that was sent so far, by fetch and by beacon, in order. */
export function sent(): Sent[] {
  const calls = [fetched, beaconed].flatMap(({ mock }) =>
    mock.calls.map(([, body], index) => ({
      order: mock.invocationCallOrder[index]!,
      body: typeof body === "string" ? body : (body.body as string),
    })),
  );
  return calls.sort((a, b) => a.order - b.order).map(({ body }) => JSON.parse(body) as Sent);
}

export const last = (): Sent => sent().at(-1)!;

export const types = (): string[] => sent().map(({ e }) => e);

export function hide(): void {
  set(document, "hidden", true);
  document.dispatchEvent(new Event("visibilitychange"));
}

export function show(): void {
  set(document, "hidden", false);
  document.dispatchEvent(new Event("visibilitychange"));
}

/** Moves to `url` by the History API, and gives the tracker time to see it. */
export function push(url: string): void {
  history.pushState(null, "", url);
  vi.advanceTimersByTime(0);
}

export function click(selector: string, type = "click", button = 0): void {
  document
    .querySelector(selector)!
    .dispatchEvent(
      new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, button }),
    );
}

export function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function recordListeners(target: EventTarget): void {
  const add = target.addEventListener;
  vi.spyOn(target, "addEventListener").mockImplementation((...call) => {
    listeners.push([target, call]);
    add.apply(target, call);
  });
}

const happyDOM = () =>
  (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM;
