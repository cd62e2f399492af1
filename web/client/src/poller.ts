/** Reading the document now and then, for those who need no live channel. */

import { type RealtimeConfig, realtimeEndpoint } from "./config.js";
import type { RealtimeDocument } from "./protocol.js";
import { RequestFailed } from "./transports/http.js";
import { poll, readDocument } from "./transports/polling.js";
import { watchVisibility } from "./visibility.js";

export interface PollerConfig extends RealtimeConfig {
  /** Milliseconds from an answer to the next question; 5000 when left out. */
  readonly interval?: number;
}

export interface RealtimePoller {
  /** The newest document; null before the first. Stays when a reading fails. */
  readonly data: RealtimeDocument | null;
  /** True from `start` to the first answer. */
  readonly isLoading: boolean;
  /** Why the latest reading failed; null when it did not. */
  readonly error: Error | null;
  /** Begins to ask, at once. Does nothing while running. */
  start(): void;
  stop(): void;
  /** Calls back after every change. Returns how to stop that. */
  subscribe(listener: () => void): () => void;
}

const DEFAULT_INTERVAL = 5_000;

/**
 * A poller, not yet started. It rests while the tab is hidden, and gives up by itself only when
 * the server refuses the reader.
 */
export function createRealtimePoller(config: PollerConfig): RealtimePoller {
  const endpoint = realtimeEndpoint(config);
  const listeners = new Set<() => void>();
  let state: Pick<RealtimePoller, "data" | "isLoading" | "error"> = {
    data: null,
    isLoading: false,
    error: null,
  };
  let end: (() => void) | null = null;
  let unwatch: (() => void) | null = null;

  const change = (changes: Partial<typeof state>): void => {
    state = { ...state, ...changes };
    for (const listener of listeners) listener();
  };

  const rest = (): void => {
    end?.();
    end = null;
  };
  const stop = (): void => {
    unwatch?.();
    unwatch = null;
    rest();
  };
  const ask = (): void => {
    end ??= poll(endpoint, config.interval ?? DEFAULT_INTERVAL, {
      document: (document) =>
        change({ data: document as RealtimeDocument, isLoading: false, error: null }),
      failed: (closure) => {
        if (!closure.retry) stop();
        change({ isLoading: false, error: new RequestFailed(closure) });
        return closure.retry;
      },
    });
  };

  return {
    get data() {
      return state.data;
    },
    get isLoading() {
      return state.isLoading;
    },
    get error() {
      return state.error;
    },
    start() {
      if (unwatch) return;
      ask();
      unwatch = watchVisibility(rest, ask);
      change({ isLoading: state.data === null });
    },
    stop() {
      stop();
      change({ isLoading: false });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Which parts of a site's data to fetch. */
export interface DashboardRequest {
  readonly realtime: true;
}

export interface DashboardData {
  readonly realtime: RealtimeDocument;
}

/** One reading of what `request` names. Rejects with RequestFailed. */
export async function fetchDashboardData(
  config: RealtimeConfig,
  _request: DashboardRequest = { realtime: true },
): Promise<DashboardData> {
  return { realtime: (await readDocument(realtimeEndpoint(config))) as RealtimeDocument };
}
