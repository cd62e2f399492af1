/** Requests of the two HTTP transports, and the errors they may end in. */

import { authorization, type Endpoint } from "../config.js";
import { type Closure, responseClosure, unreachable } from "./transport.js";

/** A request that failed; `closure` says why. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";

  constructor(readonly closure: Closure) {
    super(closure.reason);
  }
}

/** Sends a GET request with the endpoint's token. Throws RequestFailed unless it succeeds. */
export async function get(
  endpoint: Endpoint,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const response = await fetch(url, {
    headers: { ...authorization(endpoint), ...headers },
    cache: "no-store",
    signal,
  }).catch((cause: unknown) => {
    throw new RequestFailed(unreachable(`The server could not be reached (${String(cause)}).`));
  });
  if (response.ok) return response;
  throw new RequestFailed(responseClosure(response, await errorText(response)));
}

/** The closure for an error that `get` threw, or that reading the response threw. */
export function closureOf(error: unknown): Closure {
  if (error instanceof RequestFailed) return error.closure;
  return { ...unreachable("The connection was lost."), reached: true };
}

async function errorText(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const stated = (body as { error?: unknown } | null)?.error;
  return typeof stated === "string" ? stated : `The server answered ${response.status}.`;
}
