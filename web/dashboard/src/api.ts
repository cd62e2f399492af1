/** The server's HTTP API, as far as the dashboard needs it. */

import type { TokenView } from "@footfall/client";

export type { Goal, Session, SiteView as Site, TokenView as Token } from "@footfall/client";
export type Scope = TokenView["scope"];

/** The server refused; the message says why and what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** The HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** The field that is to blame. */
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

/** `path` follows `/api/analytics/`. Resolves to JSON, text or undefined, as was answered. */
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
  const refusal = (isJson ? answer : {}) as { error?: string; field?: string };
  const words = refusal.error ?? `The server answered ${response.status}.`;
  throw new ApiError(words, response.status, refusal.field);
}

export function sitePath(siteId: string): string {
  return `sites/${encodeURIComponent(siteId)}`;
}
