/** The address of a page: its site, window, filter, page and token. */

import { DEFAULT_MINUTES, type Filter, FILTER_KEYS, type FilterKey } from "@footfall/client";

/** The window lengths that the dashboard offers, in minutes. */
export const WINDOWS = [1, 5, 10, 30] as const;

const PAGES = ["live", "settings", "sign-in"] as const;
export type Page = (typeof PAGES)[number];

/** What the query of an address selects. */
export interface View {
  readonly minutes: number;
  readonly filter: Filter;
  /** The TV layout, for a screen across the room. */
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

/** The query that selects `view`. Defaults are left out. */
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

/** Anything but a number of minutes means the default. */
function minutesOf(asked: string): number {
  return /^[1-9]\d?$/.test(asked) ? Number(asked) : DEFAULT_MINUTES;
}

/** The filter with `key` set to `value`, or without `key` if it has that value already. */
export function toggled(filter: Filter, key: FilterKey, value: string): Filter {
  return filter[key] === value ? without(filter, key) : { ...filter, [key]: value };
}

export function without(filter: Filter, key: FilterKey): Filter {
  const { [key]: _removed, ...rest } = filter;
  return rest;
}

/** The site in `/sites/{id}`; null for any other path. */
export function siteOf(pathname: string): string | null {
  const match = /^\/sites\/([^/]+)\/?$/.exec(pathname);
  if (match?.[1] === undefined) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return match[1]; // No site has such an id. The server says so.
  }
}

/**
 * The token in `#token=`. Browsers do not send the fragment to servers, so that the token of a
 * share link is in no log and in no referrer.
 */
export function tokenOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") || undefined;
}

/** The address of a site's page. A token in `hash` stays in it. */
export function siteHref(siteId: string, hash = ""): string {
  return `/sites/${encodeURIComponent(siteId)}${tokenOf(hash) ? hash : ""}`;
}

/** The address of the overview. A token in `hash` stays in it. */
export function homeHref(hash: string): string {
  return tokenOf(hash) ? `/${hash}` : "/";
}
