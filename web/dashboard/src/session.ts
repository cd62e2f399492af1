/** Signing in and out: a token becomes a cookie that no script can read. */

import { call, type Session } from "./api.js";
import { recall, store } from "./storage.js";

/** What the cookie, which is out of sight, allows: only to offer no more than that. */
const KEY = "footfall-session";

/** Throws ApiError. */
export async function signIn(token: string): Promise<void> {
  const session = await call<Session>("session", { method: "POST", body: { token } });
  store(KEY, JSON.stringify(session));
}

export async function signOut(): Promise<void> {
  await call("session", { method: "DELETE" }).catch(() => null);
  store(KEY, null);
}

export function session(): Session | null {
  try {
    return JSON.parse(recall(KEY) ?? "null") as Session | null;
  } catch {
    return null;
  }
}

/** Of the whole server. */
export function isAdmin(): boolean {
  const held = session();
  return held?.scope === "admin" && held.siteId === null;
}
