/** What the address says: the site, the window, the filter, the page, the token. */

import type { Filter } from "@footfall/client";

export const WINDOWS = [1, 5, 10, 30] as const;
const DEFAULT_MINUTES = 5;
export const FILTER_KEYS = [
  "path",
  "country",
  "source",
  "campaign",
  "device",
  "browser",
  "os",
] as const satisfies readonly (keyof Filter)[];
export type FilterKey = (typeof FILTER_KEYS)[number];

const PAGES = ["live", "settings", "sign-in"] as const;
export type Page = (typeof PAGES)[number];

/** What the search part of an address chooses. */
export interface View {
  readonly minutes: number;
  readonly filter: Filter;
  /** Nothing but numbers, for a screen across the room. */
  readonly tv: boolean;
  readonly page: Page;
}

export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const filter = FILTER_KEYS.flatMap((key) => {
    const value = query.get(key);
    return value ? [[key, value]] : [];
  });
  return {
    minutes: minutesOf(query.get("minutes") ?? ""),
    filter: Object.fromEntries(filter),
    tv: query.has("tv"),
    page: PAGES.find((page) => page === query.get("page")) ?? "live",
  };
}

/** The search part that chooses `view`; what is as always is left out. */
export function searchOf(view: View): string {
  const query = new URLSearchParams();
  if (view.page !== "live") query.set("page", view.page);
  if (view.minutes !== DEFAULT_MINUTES) query.set("minutes", String(view.minutes));
  for (const key of FILTER_KEYS) {
    const value = view.filter[key];
    if (value) query.set(key, value);
  }
  if (view.tv) query.set("tv", "1");
  const search = query.toString();
  return search && `?${search}`;
}

/** What is no number of minutes means the default. */
function minutesOf(asked: string): number {
  return /^[1-9]\d?$/.test(asked) ? Number(asked) : DEFAULT_MINUTES;
}

/** The filter with `key` set to `value`, or without it when that is its value already. */
export function toggled(filter: Filter, key: FilterKey, value: string): Filter {
  return filter[key] === value ? without(filter, key) : { ...filter, [key]: value };
}

export function without(filter: Filter, key: FilterKey): Filter {
  const { [key]: _removed, ...rest } = filter;
  return rest;
}

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

/**
 * The token of `#token=`. It rides in the fragment, which browsers keep to themselves, so that
 * a share link leaves no token in logs or referrers.
 */
export function tokenOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") || undefined;
}

/** The address of a site's page, for the same reader. */
export function siteHref(siteId: string, hash = ""): string {
  return `/sites/${encodeURIComponent(siteId)}${tokenOf(hash) ? hash : ""}`;
}

/** The address of the wall, for the same reader. */
export function homeHref(hash: string): string {
  return tokenOf(hash) ? `/${hash}` : "/";
}
