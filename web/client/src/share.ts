/** One connection for all parts of a page that show the same view. */

import { endpointKey, type RealtimeConfig, realtimeEndpoint } from "./config.js";
import { type LiveOptions, RealtimeClient } from "./liveClient.js";
import { DEFAULT_POLL_INTERVAL } from "./transports/polling.js";

/** Milliseconds an unused client stays connected, since one component often replaces another. */
const RELEASE_DELAY = 1_000;

interface Entry {
  readonly client: RealtimeClient;
  readonly uses: Set<LiveOptions>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const entries = new Map<string, Entry>();

export interface SharedClient {
  readonly client: RealtimeClient;
  /** Ends this use of the client. The connection ends after the last use. */
  release(): void;
}

/** Equal for configs and options that mean the same connection, however often it may poll. */
export function realtimeKey(config: RealtimeConfig, options: LiveOptions = {}): string {
  const { pollInterval: _, ...others } = options;
  return endpointKey(realtimeEndpoint(config)) + JSON.stringify(Object.entries(others).sort());
}

/**
 * The running client of this config. The first use starts it. While it has to poll, the shortest
 * `pollInterval` that a use names is the pace; uses that name none leave it to the others.
 */
export function shareRealtime(config: RealtimeConfig, options: LiveOptions = {}): SharedClient {
  const key = realtimeKey(config, options);
  const entry: Entry = entries.get(key) ?? {
    client: new RealtimeClient(config, options),
    uses: new Set(),
    timer: undefined,
  };
  entries.set(key, entry);
  const use = { ...options }; // callers may give the same object
  entry.uses.add(use);
  setPace(entry);
  clearTimeout(entry.timer);
  entry.client.start();
  return { client: entry.client, release: () => release(key, entry, use) };
}

function release(key: string, entry: Entry, use: LiveOptions): void {
  if (!entry.uses.delete(use)) return;
  if (entry.uses.size > 0) {
    setPace(entry);
    return;
  }
  entry.timer = setTimeout(() => {
    entry.client.stop();
    entries.delete(key);
  }, RELEASE_DELAY);
}

function setPace({ client, uses }: Entry): void {
  const named = [...uses].flatMap(({ pollInterval }) => pollInterval ?? []);
  client.pollInterval = named.length > 0 ? Math.min(...named) : DEFAULT_POLL_INTERVAL;
}
