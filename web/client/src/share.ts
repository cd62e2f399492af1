/** One connection for everything on a page that shows the same thing. */

import { RealtimeClient } from "./clients.js";
import { endpointKey, type RealtimeConfig, realtimeEndpoint } from "./config.js";
import type { LiveOptions } from "./live.js";

/** How long a client nobody uses stays connected: a component often replaces another. */
const LINGER = 1_000;

interface Entry {
  readonly client: RealtimeClient;
  users: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const entries = new Map<string, Entry>();

export interface SharedClient {
  readonly client: RealtimeClient;
  /** Call once when done; the last to do so ends the connection. */
  release(): void;
}

/** Configs that mean the same are the same; so are options. */
export function realtimeKey(config: RealtimeConfig, options: LiveOptions = {}): string {
  return endpointKey(realtimeEndpoint(config)) + JSON.stringify(Object.entries(options).sort());
}

/** The running client of this config, started if it is the first use. */
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
  }, LINGER);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
