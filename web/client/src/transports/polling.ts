import { documentUrl, type Endpoint } from "../config.js";
import { closureOf, get } from "./http.js";
import type { Closure, OpenTransport } from "./transport.js";

/** Longer than any healthy answer takes. */
const REQUEST_TIMEOUT = 10_000;

/** One reading of the document. Rejects with RequestFailed. */
export async function readDocument(endpoint: Endpoint, signal?: AbortSignal): Promise<object> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const response = await get(endpoint, documentUrl(endpoint), {}, either);
  return (await response.json()) as object;
}

export interface PollHandlers {
  document(document: object): void;
  /** Returns whether to go on asking. */
  failed(closure: Closure): boolean;
}

/** Asks at once, then `interval` after each answer. Returns how to stop. */
export function poll(endpoint: Endpoint, interval: number, handlers: PollHandlers): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (): Promise<void> => {
    let wait: number | null = interval;
    try {
      const document = await readDocument(endpoint, abort.signal);
      if (!abort.signal.aborted) handlers.document(document);
    } catch (error) {
      if (abort.signal.aborted) return;
      const closure = closureOf(error);
      wait = handlers.failed(closure) ? Math.max(interval, closure.retryAfter ?? 0) : null;
    }
    if (wait !== null && !abort.signal.aborted) timer = setTimeout(() => void ask(), wait);
  };

  void ask();
  return () => {
    abort.abort();
    clearTimeout(timer);
  };
}

/**
 * Polling as a transport: every answer is a snapshot, any failure ends it. A document has no
 * position, so the next live transport starts from a snapshot.
 */
export function pollingTransport(interval: number): OpenTransport {
  return (endpoint, _position, events) =>
    poll(endpoint, interval, {
      document: (document) => events.message({ ...document, type: "snapshot", position: null }),
      failed: (closure) => {
        events.closed(closure);
        return false;
      },
    });
}
