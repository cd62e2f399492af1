/** The channel of a deployment without servers: API Gateway's WebSocket API. */

import type { Endpoint } from "../config.js";
import { type Closure, type OpenTransport, OVERLOADED, REFUSED, socketClosure } from "./transport.js";
import { openSocket } from "./websocket.js";

/** When nothing happens a document comes once a minute; one may get lost. */
export const GATEWAY_SILENCE = 150_000;

interface Refusal {
  readonly type: "refused";
  readonly code: number;
  readonly reason: string;
}

/** Subscribes by a message, since this API does not pass on the query. All messages are snapshots. */
export function gatewayTransport(url: string): OpenTransport {
  return (endpoint, _position, events) => {
    const close = openSocket(
      url,
      {
        closed: events.closed,
        message: (value) => {
          if (!isRefusal(value)) {
            events.message(value);
            return;
          }
          close();
          events.closed(refusalClosure(value, endpoint));
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

function isRefusal(value: unknown): value is Refusal {
  return (value as Partial<Refusal> | undefined)?.type === "refused";
}
