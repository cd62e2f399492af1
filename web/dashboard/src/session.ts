/** Signing in and out, and what the reader may do. */

import { call, type Session, type Site } from "./api.js";
import { readStorage, writeStorage } from "./storage.js";

/**
 * The storage key of what the session allows. The session itself is a cookie that scripts cannot
 * read, so this copy only decides what the dashboard offers.
 */
const KEY = "footfall-session";

/** Exchanges a token for a session cookie. Throws ApiError. */
export async function signIn(token: string): Promise<void> {
  const session = await call<Session>("session", { method: "POST", body: { token } });
  writeStorage(KEY, JSON.stringify(session));
}

export async function signOut(): Promise<void> {
  await call("session", { method: "DELETE" }).catch(() => null);
  writeStorage(KEY, null);
}

/** The reader's session; null for a reader who is not signed in. */
export function currentSession(): Session | null {
  try {
    return JSON.parse(readStorage(KEY) ?? "null") as Session | null;
  } catch {
    return null;
  }
}

/** Whether the reader is an admin of the whole server. */
export function isServerAdmin(): boolean {
  const session = currentSession();
  return session?.scope === "admin" && session.siteId === null;
}

/** Whether the reader, who may read `site`, may see its past too; the server decides alike. */
export function mayReadPast(site: Site, token: string | undefined): boolean {
  const session = token === undefined ? currentSession() : null;
  return site.publicHistory || isSiteAdmin(site) || session?.siteId === null;
}

/** Whether the reader is an admin of `site`: the server shows a site's rules only to its admins. */
export function isSiteAdmin(site: Site | null): boolean {
  return site?.domains !== undefined;
}
