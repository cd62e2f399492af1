/** A way to hear a live channel. The three differ only in how bytes arrive. */

import type { Endpoint } from "../config.js";
import type { Position } from "../protocol.js";

export type TransportName = "websocket" | "sse" | "polling";

/** Why a transport ended by itself. */
export interface Closure {
  /** False: the server refused this reader, and asking again would not help. */
  readonly retry: boolean;
  /** The server itself answered; false means that nothing got through this way. */
  readonly reached: boolean;
  /** WebSocket close code or HTTP status. */
  readonly code: number;
  /** What to tell a person. */
  readonly reason: string;
  /** Milliseconds the server asked to be left alone for. */
  readonly retryAfter?: number;
}

export interface TransportEvents {
  /** One message, decoded; undefined when it was not JSON. */
  message(value: unknown): void;
  /** At most once, and last. */
  closed(closure: Closure): void;
}

/** Opens the channel after `position` and returns how to end it; once ended it stays silent. */
export type OpenTransport = (
  endpoint: Endpoint,
  position: Position | null,
  events: TransportEvents,
) => () => void;

/** The value of JSON text, or undefined when it is none. */
export function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REFUSED_CODES: ReadonlyMap<number, string> = new Map([
  [4400, "The server does not understand this request."],
  [4401, "Not allowed: sign in, or use a valid read token."],
  [4404, "There is no such site."],
]);

/** Refused for good by these close codes; every other code means come back later. */
export function socketClosure(code: number, reason: string): Closure {
  const refusal = REFUSED_CODES.get(code);
  return {
    retry: refusal === undefined,
    reached: code !== 1006,
    code,
    reason: reason || refusal || "The connection was lost.",
  };
}

/** The same for an HTTP answer that is not a success. */
export function responseClosure(response: Response, reason: string): Closure {
  const code = socketCode(response.status);
  const seconds = Number(response.headers.get("Retry-After"));
  const closure = { retry: !REFUSED_CODES.has(code), reached: true, code, reason };
  return seconds > 0 ? { ...closure, retryAfter: seconds * 1000 } : closure;
}

/** Nothing came through: no network, no server, or something in between that forbids it. */
export function unreachable(reason: string): Closure {
  return { retry: true, reached: false, code: 1006, reason };
}

/** One vocabulary for refusals, whichever transport met them. */
function socketCode(status: number): number {
  if (status === 401 || status === 403) return 4401;
  if (status === 404) return 4404;
  if (status === 400 || status === 422) return 4400;
  return status;
}
