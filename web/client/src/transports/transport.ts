/** What the three transports have in common: how one is opened, and why one ends. */

import type { Endpoint } from "../config.js";
import type { Position } from "../protocol.js";

/** Best first. */
export const TRANSPORTS = ["websocket", "sse", "polling"] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export interface TransportEvents {
  /** One decoded message; undefined when it was not JSON. */
  message(value: unknown): void;
  /** The transport ended by itself. This is its last event. */
  closed(closure: Closure): void;
}

/** Opens the channel after `position`. Returns a function that ends it without further events. */
export type OpenTransport = (
  endpoint: Endpoint,
  position: Position | null,
  events: TransportEvents,
) => () => void;

/** Parses JSON; returns undefined when the text is invalid. */
export function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why a transport ended by itself. */
export interface Closure {
  /** False when the server refused this client, so that a retry would not help. */
  readonly retry: boolean;
  /** Whether the server itself answered. False when nothing got through. */
  readonly reached: boolean;
  /** The WebSocket close code, or the HTTP status. */
  readonly code: number;
  /** A sentence for a person. */
  readonly reason: string;
  /** Milliseconds to wait before a retry, if the server named a time. */
  readonly retryAfter?: number;
  /** Whether only this transport may be missing or refused, so that the next is tried at once. */
  readonly nextMayWork?: boolean;
  /** The WebSocket API through which this deployment pushes instead, if the server named one. */
  readonly gateway?: string;
}

/** The code of a WebSocket that broke without a closing handshake, or was never open. */
export const ABNORMAL_CLOSURE = 1006;
export const OVERLOADED = 1013;
const BAD_REQUEST = 4400;
const NOT_ALLOWED = 4401;
const NO_SUCH_SITE = 4404;

/** The close codes that mean a refusal. After any other code the client connects again. */
export const REFUSED = {
  badRequest: BAD_REQUEST,
  notAllowed: NOT_ALLOWED,
  noSuchSite: NO_SUCH_SITE,
} as const;

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [BAD_REQUEST, "The server does not understand this request."],
  [NOT_ALLOWED, "Not allowed: sign in, or use a valid read token."],
  [NO_SUCH_SITE, "There is no such site."],
]);

const UNREACHABLE = "The server can't be reached.";

/** The closure of a WebSocket. */
export function socketClosure(code: number, reason: string): Closure {
  const refusal = REFUSALS.get(code);
  return {
    retry: refusal === undefined,
    reached: code !== ABNORMAL_CLOSURE,
    code,
    reason: reason || refusal || (code === ABNORMAL_CLOSURE ? UNREACHABLE : "The connection was lost."),
  };
}

/** The closure of an HTTP response that is not a success. */
export function responseClosure(response: Response, reason: string, gateway?: string): Closure {
  const code = closeCode(response.status);
  const seconds = Number(response.headers.get("Retry-After"));
  return {
    retry: !REFUSALS.has(code),
    reached: true,
    code,
    reason,
    ...(seconds > 0 && { retryAfter: seconds * 1000 }),
    ...(gateway !== undefined && { gateway }),
  };
}

/** Answers of a server or a proxy that has no such transport: another may work. */
const NOT_SERVED: ReadonlySet<number> = new Set([NO_SUCH_SITE, 405, 406, 426, 501]);

/**
 * The closure of a live channel over HTTP. A site that does not exist looks like a channel that does
 * not; the document tells.
 */
export function channelClosure(closure: Closure): Closure {
  return { ...closure, nextMayWork: NOT_SERVED.has(closure.code) };
}

/** The closure when nothing got through: no network, no server, or a proxy that blocks it. */
export function unreachable(reason: string): Closure {
  return { retry: true, reached: false, code: ABNORMAL_CLOSURE, reason };
}

/** The close code that means the same as an HTTP status. */
function closeCode(status: number): number {
  if (status === 401 || status === 403) return NOT_ALLOWED;
  if (status === 404) return NO_SUCH_SITE;
  if (status === 400 || status === 422) return BAD_REQUEST;
  return status;
}
