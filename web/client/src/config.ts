/** What a client reads from which server, and the URLs that follow from it. */

import type { Filter, Position } from "./protocol.js";

/** Which server to read from, and with which token. */
export interface ServerConfig {
  /**
   * The server's URL, for example `https://stats.example`, with or without `/api/analytics`; a path
   * alone is on the page's own origin. Default: the origin of the page.
   */
  readonly baseUrl?: string;
  /** A read token. Public sites and the dashboard's own session need none. */
  readonly token?: string;
}

/** One view of one site. */
export interface RealtimeConfig extends ServerConfig {
  readonly siteId: string;
  /** Length of the window, from 1 to the server's retention. Default: 5. */
  readonly minutes?: number;
  /** Rows per list. Default: 20. */
  readonly limit?: number;
  readonly filter?: Filter;
}

/** The server's own defaults, which apply when a config leaves these out. */
export const DEFAULT_MINUTES = 5;
export const DEFAULT_LIMIT = 20;

/** All keys that a filter may have. */
export const FILTER_KEYS = [
  "path",
  "country",
  "source",
  "campaign",
  "device",
  "browser",
  "os",
  "region",
  "city",
  "event",
  "goal",
] as const satisfies readonly (keyof Filter)[];
export type FilterKey = (typeof FILTER_KEYS)[number];

/** Where a document and its live channels are. */
export interface Endpoint {
  readonly baseUrl: string;
  /** Null for all sites. */
  readonly siteId: string | null;
  readonly token: string | undefined;
  /** The path above the live channels, which are `…/ws` and `…/stream`. */
  readonly channel: string;
  /** The path of the document. */
  readonly document: string;
  readonly query: Readonly<Record<string, string>>;
}

export function realtimeEndpoint(config: RealtimeConfig): Endpoint {
  const site = sitePath(config.siteId);
  const query: Record<string, string> = {};
  if (config.minutes !== undefined) query["minutes"] = String(config.minutes);
  if (config.limit !== undefined) query["limit"] = String(config.limit);
  for (const [key, value] of Object.entries(config.filter ?? {})) {
    if (value !== undefined && value !== "") query[key] = value;
  }
  return endpoint(config, config.siteId, site, `${site}/realtime`, query);
}

/** The path of what the server has of one site. */
export function sitePath(siteId: string): string {
  return `/api/analytics/sites/${encodeURIComponent(siteId)}`;
}

export function overviewEndpoint(config: ServerConfig): Endpoint {
  const overview = "/api/analytics/overview";
  return endpoint(config, null, overview, overview, {});
}

export function endpoint(
  config: ServerConfig,
  siteId: string | null,
  channel: string,
  document: string,
  query: Record<string, string>,
): Endpoint {
  return { baseUrl: serverUrl(config.baseUrl), siteId, token: config.token, channel, document, query };
}

/** The server's URL without the path of its API. Throws TypeError. */
function serverUrl(baseUrl = "/"): string {
  const { origin, pathname } = absolute(baseUrl);
  return origin + pathname.replace(/\/+$/, "").replace(/\/api\/analytics$/, "");
}

/** A path is resolved against the page's origin, never against the page, wherever that is. */
function absolute(baseUrl: string): URL {
  const isWhole = /^https?:/i.test(baseUrl);
  try {
    const found = new URL(baseUrl, isWhole ? undefined : globalThis.location?.origin);
    if (/^https?:$/.test(found.protocol)) return found;
  } catch {
    // The same error.
  }
  const advice = "use https://your-host, or, in a web page, a path on its own origin";
  throw new TypeError(`baseUrl “${baseUrl}” is not the address of a server: ${advice}.`);
}

/** Endpoints with the same key show the same data to the same reader. */
export function endpointKey(target: Endpoint): string {
  const query = Object.entries(target.query).sort();
  return JSON.stringify([target.baseUrl, target.channel, query, target.token ?? ""]);
}

export function documentUrl(target: Endpoint): string {
  return url(target, target.document, target.query);
}

export function streamUrl(target: Endpoint): string {
  return url(target, `${target.channel}/stream`, target.query);
}

/** A browser's WebSocket sends no headers, so the token and the position are in the query. */
export function socketUrl(target: Endpoint, position: Position | null): string {
  const query: Record<string, string> = { ...target.query };
  if (target.token) query["token"] = target.token;
  if (position) query["position"] = formatPosition(position);
  return url(target, `${target.channel}/ws`, query).replace(/^http/, "ws");
}

export function formatPosition(position: Position): string {
  return `${position.epoch}:${position.version}`;
}

/** The headers that carry the token. */
export function authorization(target: Endpoint): Record<string, string> {
  return target.token ? { Authorization: `Bearer ${target.token}` } : {};
}

function url(target: Endpoint, path: string, query: Record<string, string>): string {
  const search = new URLSearchParams(query).toString();
  return `${target.baseUrl}${path}${search ? `?${search}` : ""}`;
}
