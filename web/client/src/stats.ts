/** The reports of the past: what happened on a site in a period. */

import { type Endpoint, endpoint, FILTER_KEYS, type ServerConfig, sitePath } from "./config.js";
import type { Filter, StatsDocument } from "./protocol.js";
import { readDocument } from "./transports/polling.js";

/** All periods but `custom` are relative to now, in the site's time zone. */
export const PERIODS = [
  "today",
  "yesterday",
  "24h",
  "7d",
  "28d",
  "30d",
  "90d",
  "12mo",
  "month",
  "year",
  "all",
  "custom",
] as const;
export type PeriodName = (typeof PERIODS)[number];

/** A filter of a report: also by what only visits and single events have. */
export interface StatsFilter extends Filter {
  /** Only visits that began on this path; a trailing `*` is a prefix. */
  readonly entryPage?: string;
}

/** All keys that a filter of a report may have. */
export const STATS_FILTER_KEYS = [
  ...FILTER_KEYS,
  "entryPage",
] as const satisfies readonly (keyof StatsFilter)[];
export type StatsFilterKey = (typeof STATS_FILTER_KEYS)[number];

/** What a report is about. */
export interface StatsRequest {
  /** Default: `today`. */
  readonly period?: PeriodName;
  /** Begin and end of a `custom` period: dates, both included, or dates and times. */
  readonly from?: string;
  readonly to?: string;
  /** Default: by the length of the period. */
  readonly interval?: "hour" | "day" | "week" | "month";
  readonly compare?: "previous" | "year";
}

/** One report of one site. */
export interface StatsConfig extends ServerConfig, StatsRequest {
  readonly siteId: string;
  /** Rows per list. Default: 20. */
  readonly limit?: number;
  readonly filter?: StatsFilter;
}

/** The server gives up by itself; an answer that is this late is none. */
const TIMEOUT = 60_000;

/** Reads a report once. Rejects with RequestFailed. */
export async function fetchStats(config: StatsConfig, signal?: AbortSignal): Promise<StatsDocument> {
  return (await readDocument(statsEndpoint(config), signal, TIMEOUT)) as StatsDocument;
}

export function statsEndpoint(config: StatsConfig): Endpoint {
  const site = sitePath(config.siteId);
  return endpoint(config, config.siteId, site, `${site}/stats`, statsQuery(config));
}

/** The query of a request for a report. */
export function statsQuery(config: StatsConfig): Record<string, string> {
  const { baseUrl: _, token: __, siteId: ___, filter = {}, ...request } = config;
  const query = Object.entries({ ...request, ...filter }).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, String(value)] as const],
  );
  return Object.fromEntries(query);
}
