/** Reading the document at intervals, without a live channel. */

import { type RealtimeConfig, realtimeEndpoint } from "./config.js";
import { watchVisibility } from "./pageLifecycle.js";
import type { RealtimeDocument } from "./protocol.js";
import { RequestFailed } from "./transports/http.js";
import { DEFAULT_POLL_INTERVAL, poll } from "./transports/polling.js";

export interface PollerConfig extends RealtimeConfig {
  /** Milliseconds between an answer and the next request, at least 1000. Default: 5000. */
  readonly interval?: number;
}

export interface RealtimePoller {
  /** The newest document; null before the first. It stays when a request fails. */
  readonly data: RealtimeDocument | null;
  /** True from `start` until the first answer. */
  readonly isLoading: boolean;
  /** Why the last request failed; null when it succeeded. */
  readonly error: Error | null;
  /** Sends the first request at once. Does nothing while running. */
  start(): void;
  stop(): void;
  /** Calls `listener` after every change. Returns a function that stops this. */
  subscribe(listener: () => void): () => void;
}

/**
 * A poller, not yet started. It pauses while the tab is hidden, and stops by itself when the
 * server refuses the client.
 */
export function createRealtimePoller(config: PollerConfig): RealtimePoller {
  const endpoint = realtimeEndpoint(config);
  const listeners = new Set<() => void>();
  let state: Pick<RealtimePoller, "data" | "isLoading" | "error"> = {
    data: null,
    isLoading: false,
    error: null,
  };
  let stopPolling: (() => void) | null = null;
  let stopWatching: (() => void) | null = null;

  function update(changes: Partial<typeof state>): void {
    state = { ...state, ...changes };
    for (const listener of listeners) listener();
  }

  function resume(): void {
    stopPolling ??= poll(endpoint, () => config.interval ?? DEFAULT_POLL_INTERVAL, {
      document: (document) =>
        update({ data: document as RealtimeDocument, isLoading: false, error: null }),
      failed: (closure) => {
        const error = new RequestFailed(closure);
        if (closure.retry) update({ isLoading: false, error });
        else stop(error);
        return closure.retry;
      },
    });
  }

  function pause(): void {
    stopPolling?.();
    stopPolling = null;
  }

  function start(): void {
    if (stopWatching) return;
    resume();
    stopWatching = watchVisibility(pause, resume);
    update({ isLoading: state.data === null });
  }

  function stop(error = state.error): void {
    stopWatching?.();
    stopWatching = null;
    pause();
    update({ isLoading: false, error });
  }

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
    start,
    stop: () => stop(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
