/** Reading the document again and again. */

import { documentUrl, type Endpoint } from "../config.js";
import { closureOf, get } from "./http.js";
import type { Closure, OpenTransport } from "./transport.js";

/** Milliseconds between an answer and the next request. */
export const DEFAULT_POLL_INTERVAL = 5_000;
/** The numbers change once a second. */
const SHORTEST_INTERVAL = 1_000;
/** A day. Timers take a time that they can't hold, Infinity among them, for none. */
const LONGEST_INTERVAL = 86_400_000;
/** Longer than any healthy answer takes. */
const REQUEST_TIMEOUT = 10_000;

/** Reads the document once. Rejects with RequestFailed. */
export async function readDocument(
  endpoint: Endpoint,
  signal?: AbortSignal,
  limit = REQUEST_TIMEOUT,
): Promise<object> {
  const timeout = AbortSignal.timeout(limit);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const response = await get(endpoint, documentUrl(endpoint), {}, either);
  return (await response.json()) as object;
}

interface PollHandlers {
  document(document: object): void;
  /** Returns whether to continue. */
  failed(closure: Closure): boolean;
}

/** `interval` ms as it is kept: between the shortest and the longest; the shortest if it is no number. */
export function pollPause(interval: number): number {
  return Math.min(Math.max(interval, SHORTEST_INTERVAL) || SHORTEST_INTERVAL, LONGEST_INTERVAL);
}

/** Reads at once, then `pollPause` of `interval()` after each answer. Returns a function that stops it. */
export function poll(endpoint: Endpoint, interval: () => number, handlers: PollHandlers): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = async (): Promise<void> => {
    const pause = pollPause(interval());
    let wait: number | null = pause;
    try {
      const document = await readDocument(endpoint, abort.signal);
      if (!abort.signal.aborted) handlers.document(document);
    } catch (error) {
      if (abort.signal.aborted) return;
      const closure = closureOf(error);
      wait = handlers.failed(closure) ? Math.max(pause, closure.retryAfter ?? 0) : null;
    }
    if (wait !== null && !abort.signal.aborted) timer = setTimeout(() => void read(), wait);
  };

  void read();
  return () => {
    abort.abort();
    clearTimeout(timer);
  };
}

/**
 * Polling as a transport. Every answer is a snapshot, and any failure ends it. A document has no
 * position, so the next live transport starts with a snapshot.
 */
export function pollingTransport(interval: () => number): OpenTransport {
  return (endpoint, _position, events) =>
    poll(endpoint, interval, {
      document: (document) => events.message({ ...document, type: "snapshot", position: null }),
      failed: (closure) => {
        events.closed(closure);
        return false;
      },
    });
}
