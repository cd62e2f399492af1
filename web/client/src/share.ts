/** One connection for all parts of a page that show the same view. */

import { endpointKey, type RealtimeConfig, realtimeEndpoint } from "./config.js";
import { type LiveOptions, RealtimeClient } from "./liveClient.js";

/** Milliseconds an unused client stays connected, since one component often replaces another. */
const RELEASE_DELAY = 1_000;

interface Entry {
  readonly client: RealtimeClient;
  users: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const entries = new Map<string, Entry>();

export interface SharedClient {
  readonly client: RealtimeClient;
  /** Ends this use of the client. The connection ends after the last use. */
  release(): void;
}

/** Equal for configs and options that mean the same. */
export function realtimeKey(config: RealtimeConfig, options: LiveOptions = {}): string {
  return endpointKey(realtimeEndpoint(config)) + JSON.stringify(Object.entries(options).sort());
}

/** The running client of this config. The first use starts it. */
export function shareRealtime(config: RealtimeConfig, options: LiveOptions = {}): SharedClient {
  const key = realtimeKey(config, options);
  const entry: Entry = entries.get(key) ?? {
    client: new RealtimeClient(config, options),
    users: 0,
    timer: undefined,
  };
  entries.set(key, entry);
  entry.users += 1;
  clearTimeout(entry.timer);
  entry.client.start();
  return { client: entry.client, release: once(() => release(key, entry)) };
}

function release(key: string, entry: Entry): void {
  entry.users -= 1;
  if (entry.users > 0) return;
  entry.timer = setTimeout(() => {
    entry.client.stop();
    entries.delete(key);
  }, RELEASE_DELAY);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
