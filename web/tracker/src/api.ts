import { safe } from "./safe";
import { send, type Props } from "./send";

/** The arguments of `footfall("event", name, props)`. Other calls are ignored. */
type Call = [command: unknown, name: unknown, props?: unknown];

interface Api {
  (...call: Call): void;
  /** Calls that the queue snippet kept before this script was loaded. */
  q?: ArrayLike<unknown>[];
  /** Set by this script, so that a second copy does nothing. */
  loaded?: boolean;
}

declare global {
  interface Window {
    footfall?: Api;
  }
}

/** More calls than a page makes before it is visible. Further calls are lost. */
const MAX_QUEUED = 100;

const queued: Call[] = [];
let take = (call: Call): void => {
  if (queued.length < MAX_QUEUED) queued.push(call);
};

/** Installs `window.footfall`. Returns false if an earlier copy of this script has done so. */
export function install(): boolean {
  const early = window.footfall;
  if (early?.loaded) return false;
  const api: Api = safe((...call) => take(call));
  api.loaded = true;
  window.footfall = api;
  for (const call of early?.q || []) api(...(Array.from(call) as Call));
  return true;
}

/** Sends the queued calls, and from now on each call at once. */
export function startSending(): void {
  take = event;
  queued.forEach(safe(event));
}

function event([command, name, props]: Call): void {
  if (command == "event" && name) send("event", { p: { ...scalars(props), name: name + "" } });
}

/**
 * Keeps the scalar properties, and a number past 64 bits as text. The server takes no others, and would refuse the
 * whole event.
 */
function scalars(props: unknown): Props {
  const kept: Props = {};
  for (const [key, value] of Object.entries(props || {}))
    if (/^(str|num|boo)/.test(typeof value)) kept[key] = Math.abs(value) >= 2 ** 63 ? value + "" : value;
  return kept;
}
