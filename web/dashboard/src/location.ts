/** What the address says: the site, the window, the token. */

export const WINDOWS = [1, 5, 10, 30] as const;
const DEFAULT_MINUTES = 5;

/** The site of `/sites/{id}`; null on every other path. */
export function siteOf(pathname: string): string | null {
  const match = /^\/sites\/([^/]+)\/?$/.exec(pathname);
  if (match?.[1] === undefined) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return match[1]; // No site has such a name, and the server will say so.
  }
}

/** The window of `?minutes=`. What is no number of minutes means the default. */
export function minutesOf(search: string): number {
  const asked = new URLSearchParams(search).get("minutes") ?? "";
  return /^[1-9]\d?$/.test(asked) ? Number(asked) : DEFAULT_MINUTES;
}

/**
 * The token of `#token=`. It rides in the fragment, which browsers keep to themselves, so that
 * a share link leaves no token in logs or referrers.
 */
export function tokenOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") || undefined;
}

/** The address of a site's page, for the same reader. */
export function siteHref(siteId: string, hash: string): string {
  return `/sites/${encodeURIComponent(siteId)}${tokenOf(hash) ? hash : ""}`;
}

/** The address of the wall, for the same reader. */
export function homeHref(hash: string): string {
  return tokenOf(hash) ? `/${hash}` : "/";
}

/** The search part that chooses `minutes`, whatever else is in it. */
export function withMinutes(search: string, minutes: number): string {
  const query = new URLSearchParams(search);
  query.set("minutes", String(minutes));
  return `?${query}`;
}
