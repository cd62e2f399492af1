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
    throw new RequestFailed(unreachable(`The server can't be reached (${String(cause)}).`));
  });
  if (response.ok) return response;
  const { error, socket } = await refusal(response);
  throw new RequestFailed(responseClosure(response, error, socket));
}

/** The closure for an error that `get` threw, or that reading the response threw. */
export function closureOf(error: unknown): Closure {
  if (error instanceof RequestFailed) return error.closure;
  return { ...unreachable("The connection was lost."), reached: true };
}

/**
 * What the body of a refusal says. The token follows to the `socket`, so only the server that was
 * asked may name one: none that it redirects to.
 */
async function refusal(response: Response): Promise<{ error: string; socket?: string }> {
  const mayName = response.status === 501 && !response.redirected;
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const { error, socket } = body ?? {};
  return {
    error: typeof error === "string" ? error : `The server answered ${response.status}.`,
    ...(mayName && typeof socket === "string" && { socket }),
  };
}
