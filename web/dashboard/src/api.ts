/** The part of the server's HTTP API that the dashboard uses. */

import type { TokenView } from "@footfall/client";
import { currentSession, forgetSession } from "./session.js";

export type {
  GoalView as Goal,
  Session,
  SessionView,
  SiteView as Site,
  TokenView as Token,
} from "@footfall/client";
export type Scope = TokenView["scope"];

/** A request that failed. The message says why and what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** The HTTP status; 0 if there was no answer. */
    readonly status: number,
    /** The field of the request that is wrong. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

export interface Call {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: object;
  readonly token?: string | undefined;
}

const UNREACHABLE = "The server could not be reached. Try again in a moment.";

/**
 * Calls `/api/analytics/{path}`. Resolves to the answer: JSON, a text, or undefined if it is empty.
 * Rejects with ApiError.
 */
export async function call<T>(path: string, { method = "GET", body, token }: Call = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers["Authorization"] = `Bearer ${token}`;
  const init: RequestInit = { method, headers };
  if (body) init.body = JSON.stringify(body);
  const response = await fetch(`/api/analytics/${path}`, init).catch(() => null);
  if (!response) throw new ApiError(UNREACHABLE, 0);
  const isJson = response.headers.get("Content-Type")?.includes("json");
  const answer: unknown = isJson ? await response.json() : (await response.text()) || undefined;
  if (response.ok) return answer as T;
  if (response.status === 401 && token === undefined && currentSession()) hasEnded();
  const refusal = (isJson ? answer : {}) as { error?: string; field?: string };
  const message = refusal.error ?? `The server answered ${response.status}.`;
  throw new ApiError(message, response.status, refusal.field);
}

/** The session is over, as when its token was revoked: the page starts again without it. */
function hasEnded(): void {
  forgetSession();
  location.reload();
}

/** The path of a site's resources, for `call`. */
export function sitePath(siteId: string): string {
  return `sites/${encodeURIComponent(siteId)}`;
}
