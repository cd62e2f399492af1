/** The channel of a deployment without servers: API Gateway's WebSocket API. */

import type { Endpoint } from "../config.js";
import type { Position } from "../protocol.js";
import { type Closure, type OpenTransport, OVERLOADED, REFUSED, socketClosure } from "./transport.js";
import { openSocket } from "./websocket.js";

/** When nothing happens a document comes once a minute; one may get lost. */
export const GATEWAY_SILENCE = 150_000;

interface Refusal {
  readonly type: "refused";
  readonly code: number;
  readonly reason: string;
}

/**
 * Subscribes by a message, since this API does not pass on the query. All messages are snapshots.
 * They come from functions that run side by side, so an older one that comes late is left out.
 */
export function gatewayTransport(url: string): OpenTransport {
  return (endpoint, _position, events) => {
    let newest = 0;
    const close = openSocket(
      url,
      {
        closed: events.closed,
        message: (value) => {
          if (isRefusal(value)) {
            close();
            events.closed(refusalClosure(value, endpoint));
            return;
          }
          const version = versionOf(value) ?? newest;
          if (version < newest) return;
          newest = version;
          events.message(value);
        },
      },
      (socket) => socket.send(JSON.stringify(subscription(endpoint))),
    );
    return close;
  };
}

/** Whether a page that reads `baseUrl` may connect to `gateway`: never with less protection. */
export function isGateway(gateway: string, baseUrl: string): boolean {
  return gateway.startsWith("wss://") || (gateway.startsWith("ws://") && baseUrl.startsWith("http://"));
}

function subscription({ siteId, token, query }: Endpoint): object {
  const { minutes, limit, ...filter } = query;
  return {
    action: "subscribe",
    site: siteId,
    token,
    minutes: minutes === undefined ? undefined : Number(minutes),
    limit: limit === undefined ? undefined : Number(limit),
    ...filter,
  };
}

/**
 * The document can be read where this API has no place, or where the right is the dashboard's
 * session, which this API does not see.
 */
function refusalClosure({ code, reason }: Refusal, { token }: Endpoint): Closure {
  const mayHaveSession = code === REFUSED.notAllowed && token === undefined;
  return { ...socketClosure(code, reason), nextMayWork: mayHaveSession || code === OVERLOADED };
}

function versionOf(message: unknown): number | undefined {
  return (message as { readonly position?: Position } | undefined)?.position?.version;
}

function isRefusal(value: unknown): value is Refusal {
  return (value as Partial<Refusal> | undefined)?.type === "refused";
}
