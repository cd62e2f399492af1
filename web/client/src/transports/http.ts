/** What the two HTTP transports share: asking, and reading refusals. */

import { authorization, type Endpoint } from "../config.js";
import { type Closure, responseClosure, unreachable } from "./transport.js";

/** A request that did not succeed. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";

  constructor(readonly closure: Closure) {
    super(closure.reason);
  }
}

/** GET with the endpoint's right; throws RequestFailed unless it is answered with a success. */
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

/** The closure that an error of `get`, or of reading its answer, stands for. */
export function closureOf(error: unknown): Closure {
  if (error instanceof RequestFailed) return error.closure;
  return { ...unreachable("The connection was lost."), reached: true };
}

async function errorText(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const stated = (body as { error?: unknown } | null)?.error;
  return typeof stated === "string" ? stated : `The server answered ${response.status}.`;
}
