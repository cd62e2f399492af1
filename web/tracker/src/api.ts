import { safe } from "./safe";
import { send, type Props } from "./send";

/** `footfall("event", name, props)`; anything else is ignored. */
type Call = [command: unknown, name: unknown, props?: unknown];

interface Api {
  (...call: Call): void;
  /** Calls made before this script came, by the queue snippet. */
  q?: ArrayLike<unknown>[];
  /** This script has been here. */
  loaded?: boolean;
}

declare global {
  interface Window {
    footfall?: Api;
  }
}

/** More than a page says before it is seen; past it, calls are lost. */
const MAX_QUEUED = 100;

const queued: Call[] = [];
let take = (call: Call): void => {
  if (queued.length < MAX_QUEUED) queued.push(call);
};

/** Put `window.footfall` in place; false when an earlier copy of this script did. */
export function install(): boolean {
  const early = window.footfall;
  if (early?.loaded) return false;
  const api: Api = safe((...call) => take(call));
  api.loaded = true;
  window.footfall = api;
  for (const call of early?.q || []) api(...(Array.from(call) as Call));
  return true;
}

/** Take calls for good, those that wait first. */
export function answer(): void {
  take = event;
  queued.forEach(safe(event));
}

function event([command, name, props]: Call): void {
  if (command == "event" && name) send("event", { p: { ...scalars(props), name: name + "" } });
}

/** The server takes scalars only; one odd property must not cost the event. */
function scalars(props: unknown): Props {
  const kept: Props = {};
  for (const [key, value] of Object.entries(props || {}))
    if (/^(str|num|boo)/.test(typeof value)) kept[key] = value;
  return kept;
}
