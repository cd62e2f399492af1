/** What to read from where, and the addresses that follow from it. */

import type { Filter, Position } from "./protocol.js";

/** Which server, and by which right. */
export interface ServerConfig {
  /** The server's address, `https://stats.example`; the page's own origin when left out. */
  readonly baseUrl?: string;
  /** A read token. Left out for public sites and for the dashboard's own session. */
  readonly token?: string;
}

/** One view of one site. */
export interface RealtimeConfig extends ServerConfig {
  readonly siteId: string;
  /** Window length, 1 to the server's retention; 5 when left out. */
  readonly minutes?: number;
  /** Rows per list; 20 when left out. */
  readonly limit?: number;
  readonly filter?: Filter;
}

export const DEFAULT_LIMIT = 20;

/** A document's address, from which the addresses of its live channels follow. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly token: string | undefined;
  /** Path of the live channels' folder: `…/ws` and `…/stream` lie in it. */
  readonly channel: string;
  /** Path of the document. */
  readonly document: string;
  readonly query: Readonly<Record<string, string>>;
}

export function realtimeEndpoint(config: RealtimeConfig): Endpoint {
  const site = `/api/analytics/sites/${encodeURIComponent(config.siteId)}`;
  const query: Record<string, string> = {};
  if (config.minutes !== undefined) query["minutes"] = String(config.minutes);
  if (config.limit !== undefined) query["limit"] = String(config.limit);
  for (const [key, value] of Object.entries(config.filter ?? {})) {
    if (value !== undefined && value !== "") query[key] = value;
  }
  return endpoint(config, site, `${site}/realtime`, query);
}

export function overviewEndpoint(config: ServerConfig): Endpoint {
  const overview = "/api/analytics/overview";
  return endpoint(config, overview, overview, {});
}

function endpoint(
  config: ServerConfig,
  channel: string,
  document: string,
  query: Record<string, string>,
): Endpoint {
  const base = config.baseUrl ?? globalThis.location?.origin;
  if (!base) throw new TypeError("baseUrl is missing: outside a web page, say where the server is.");
  return { baseUrl: base.replace(/\/+$/, ""), token: config.token, channel, document, query };
}

/** Endpoints with the same key show the same thing to the same reader. */
export function endpointKey(target: Endpoint): string {
  const query = Object.entries(target.query).sort();
  return JSON.stringify([target.baseUrl, target.channel, query, target.token ?? ""]);
}

export function documentUrl(target: Endpoint): string {
  return address(target, target.document, target.query);
}

export function streamUrl(target: Endpoint): string {
  return address(target, `${target.channel}/stream`, target.query);
}

/** A socket cannot carry headers from a browser, so the token and the position ride in the query. */
export function socketUrl(target: Endpoint, position: Position | null): string {
  const query: Record<string, string> = { ...target.query };
  if (target.token) query["token"] = target.token;
  if (position) query["position"] = formatPosition(position);
  return address(target, `${target.channel}/ws`, query).replace(/^http/, "ws");
}

export function formatPosition(position: Position): string {
  return `${position.epoch}:${position.version}`;
}

export function authorization(target: Endpoint): Record<string, string> {
  return target.token ? { Authorization: `Bearer ${target.token}` } : {};
}

function address(target: Endpoint, path: string, query: Record<string, string>): string {
  const search = new URLSearchParams(query).toString();
  return `${target.baseUrl}${path}${search ? `?${search}` : ""}`;
}
