/** What this browser knows of its session, and what the reader may do. */

import type { Session, Site } from "./api.js";
import { readStorage, writeStorage } from "./storage.js";

/**
 * The storage key of what the session allows. The session itself is a cookie that scripts cannot
 * read, so this copy only decides what the dashboard offers.
 */
const KEY = "footfall-session";

export function rememberSession(session: Session): void {
  writeStorage(KEY, JSON.stringify(session));
}

export function forgetSession(): void {
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

/** Whether the reader, who may read `site`, may open single visits; the server decides alike. */
export function mayReadVisits(site: Site, token: string | undefined): boolean {
  const session = token === undefined ? currentSession() : null;
  const reads = session !== null && (session.siteId === null || session.siteId === site.id);
  return site.publicVisits || token !== undefined || reads;
}

/** Whether the reader is an admin of `site`: the server shows a site's rules only to its admins. */
export function isSiteAdmin(site: Site | null): boolean {
  return site?.domains !== undefined;
}
