/** How a message changes a document: pure functions, so equal messages give equal documents. */

import type {
  LiveMessage,
  MinuteRow,
  OverviewDocument,
  RealtimeDocument,
  RecentEvent,
} from "./protocol.js";

/** A message that does not fit the current document. The client must start with a snapshot. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/**
 * The site document after `message`. `limit` is the number of rows per list that the client
 * requested. Throws ProtocolError for an update or a tick without a document before it.
 */
export function applyRealtime(
  current: RealtimeDocument | null,
  message: LiveMessage<RealtimeDocument>,
  limit: number,
): RealtimeDocument {
  if (message.type === "snapshot") return withoutEnvelope(message);
  const document = requireDocument(current, message.type);
  if (message.type === "tick") {
    return withFeed(document, { asOf: message.asOf }, document.recentEvents, limit);
  }
  const { recentEvents: rows, perMinute, feedReset, ...changes } = withoutEnvelope(message);
  const feed = feedReset ? (rows ?? []) : prepend(rows ?? [], document.recentEvents);
  const minutes = perMinute ? mergeMinutes(document.perMinute, perMinute) : document.perMinute;
  return withFeed(document, { ...changes, perMinute: minutes }, feed, limit);
}

/** The overview after `message`. Each row replaces the row of the same site. */
export function applyOverview(
  current: OverviewDocument | null,
  message: LiveMessage<OverviewDocument>,
): OverviewDocument {
  if (message.type === "snapshot") return withoutEnvelope(message);
  const document = requireDocument(current, message.type);
  if (message.type === "tick") return { ...document, asOf: message.asOf };
  const changed = new Map(message.sites?.map((row) => [row.siteId, row]));
  const sites = document.sites.map((row) => changed.get(row.siteId) ?? row);
  const known = new Set(sites.map((row) => row.siteId));
  const fresh = [...changed.values()].filter((row) => !known.has(row.siteId));
  return { asOf: message.asOf ?? document.asOf, sites: [...sites, ...fresh] };
}

function requireDocument<D>(current: D | null, type: string): D {
  if (current === null) throw new ProtocolError(`The server sent a ${type} before any snapshot.`);
  return current;
}

function withoutEnvelope<M extends { type: unknown; position: unknown }>(
  message: M,
): Omit<M, "type" | "position"> {
  const { type: _type, position: _position, ...rest } = message;
  return rest;
}

function prepend(
  fresh: readonly RecentEvent[],
  current: readonly RecentEvent[],
): readonly RecentEvent[] {
  if (fresh.length === 0) return current;
  const ids = new Set(fresh.map((row) => row.id));
  return [...fresh, ...current.filter((row) => !ids.has(row.id))];
}

function withFeed(
  document: RealtimeDocument,
  changes: Partial<RealtimeDocument>,
  feed: readonly RecentEvent[],
  limit: number,
): RealtimeDocument {
  const next = { ...document, ...changes };
  const oldest = Date.parse(next.asOf) - next.windowSeconds * 1000;
  // The window counts in whole seconds. An event that is exactly a window old has just left it.
  const kept = feed.filter((row) => wholeSecond(row.timestamp) > oldest).slice(0, limit);
  const same = kept.length === document.recentEvents.length && kept[0] === document.recentEvents[0];
  return { ...next, recentEvents: same ? document.recentEvents : kept };
}

function wholeSecond(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1000) * 1000;
}

/** `changed` rows replace those of the same minute. The number of minutes stays the same. */
function mergeMinutes(
  current: readonly MinuteRow[],
  changed: readonly MinuteRow[],
): readonly MinuteRow[] {
  const rows = new Map(current.map((row) => [row.minute, row]));
  for (const row of changed) rows.set(row.minute, row);
  const sorted = [...rows.values()].sort((a, b) => (a.minute < b.minute ? -1 : 1));
  return sorted.slice(-Math.max(current.length, 1));
}
