/** The address of a page: its site, window, filter, page and token. */

import {
  DEFAULT_MINUTES,
  type PeriodName,
  STATS_FILTER_KEYS,
  type StatsFilter,
  type StatsFilterKey,
} from "@footfall/client";

/** The window lengths that the dashboard offers, in minutes. */
export const WINDOWS = [1, 5, 10, 30] as const;
const LONGEST = Math.max(...WINDOWS);

/** What the page of a site is about: now, or a period of the past. */
export const PERIODS = [
  "live",
  "today",
  "yesterday",
  "7d",
  "30d",
  "12mo",
  "custom",
] as const satisfies readonly ("live" | PeriodName)[];
export type Period = (typeof PERIODS)[number];

const DATE = /^\d{4}-\d\d-\d\d$/;

const PAGES = ["live", "settings", "sign-in"] as const;
export type Page = (typeof PAGES)[number];

/** What the query of an address selects. */
export interface View {
  readonly minutes: number;
  readonly period: Period;
  /** The first and the last day of a custom period, as in `2026-11-24`; else empty. */
  readonly from: string;
  readonly to: string;
  readonly filter: StatsFilter;
  /** The TV layout, for a screen across the room. */
  readonly tv: boolean;
  readonly page: Page;
}

export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const [from, to] = [dateOf(query.get("from")), dateOf(query.get("to"))];
  const asked = PERIODS.find((period) => period === query.get("period")) ?? "live";
  const isWhole = from !== "" && to !== "" && from <= to;
  const filter = STATS_FILTER_KEYS.flatMap((key) => {
    const value = query.get(key);
    return value ? [[key, value]] : [];
  });
  return {
    minutes: minutesOf(query.get("minutes") ?? ""),
    period: asked === "custom" && !isWhole ? "30d" : asked,
    ...(asked === "custom" && isWhole ? { from, to } : { from: "", to: "" }),
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
  if (view.period !== "live") query.set("period", view.period);
  if (view.period === "custom") {
    query.set("from", view.from);
    query.set("to", view.to);
  }
  for (const key of STATS_FILTER_KEYS) {
    const value = view.filter[key];
    if (value) query.set(key, value);
  }
  if (view.tv) query.set("tv", "1");
  const search = query.toString();
  return search && `?${search}`;
}

function dateOf(asked: string | null): string {
  return asked !== null && DATE.test(asked) ? asked : "";
}

/** Anything but a number of minutes means the default. */
function minutesOf(asked: string): number {
  return /^[1-9]\d*$/.test(asked) ? Math.min(Number(asked), LONGEST) : DEFAULT_MINUTES;
}

/** The filter with `key` set to `value`, or without `key` if it has that value already. */
export function toggled(filter: StatsFilter, key: StatsFilterKey, value: string): StatsFilter {
  return filter[key] === value ? without(filter, key) : { ...filter, [key]: value };
}

/** Whether a filter's value is that of a row; one for all paths that begin alike (`/docs*`) is not. */
export function choosesRow(value: string | undefined): boolean {
  return value !== undefined && !value.endsWith("*");
}

export function without(filter: StatsFilter, key: StatsFilterKey): StatsFilter {
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

/** Whether an address is that of one of our pages. */
export function isOwnPage(address: string): boolean {
  return address !== "" && new URL(address).origin === location.origin;
}

/** The address of the overview. A token in `hash` stays in it. */
export function homeHref(hash: string): string {
  return tokenOf(hash) ? `/${hash}` : "/";
}
