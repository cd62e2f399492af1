import type { RealtimeDocument, RecentEvent, StatsDocument } from "../src/index.js";

const AS_OF = "2026-01-15T10:30:12Z";

/** A document as the server sends it, with `changes`. */
export function realtimeDocument(changes: Partial<RealtimeDocument> = {}): RealtimeDocument {
  return {
    siteId: "shop",
    asOf: AS_OF,
    windowSeconds: 300,
    currentVisitors: 2,
    presentVisitors: 1,
    pageViews: 3,
    activePages: [{ path: "/", visitors: 2 }],
    recentEvents: [],
    locations: [],
    sources: [],
    campaigns: [],
    devices: [],
    browsers: [],
    operatingSystems: [],
    regions: [],
    cities: [],
    events: [],
    goals: [],
    perMinute: [
      { minute: "2026-01-15T10:29", pageViews: 1, visitors: 1 },
      { minute: "2026-01-15T10:30", pageViews: 2, visitors: 2 },
    ],
    ...changes,
  };
}

export function pageView(id: string, timestamp = AS_OF): RecentEvent {
  return { id, type: "pageview", path: "/", title: "Home", timestamp };
}

/** A report as the server sends it, with `changes`. */
export function statsDocument(changes: Partial<StatsDocument> = {}): StatsDocument {
  return {
    siteId: "shop",
    timeZone: "Europe/Berlin",
    from: "2026-01-14",
    to: "2026-01-15",
    interval: "day",
    asOf: AS_OF,
    visitors: 3,
    visits: 4,
    pageViews: 6,
    viewsPerVisit: 1.5,
    bounceRate: 0.25,
    visitSeconds: 60,
    engagedSeconds: 30,
    peak: null,
    series: [
      { time: "2026-01-14", visitors: 1, visits: 2, pageViews: 4 },
      { time: "2026-01-15", visitors: 2, visits: 2, pageViews: 2 },
    ],
    compared: null,
    imported: null,
    pages: [],
    entryPages: [],
    exitPages: [],
    sources: [],
    campaigns: [],
    locations: [],
    devices: [],
    browsers: [],
    operatingSystems: [],
    regions: [],
    cities: [],
    events: [],
    properties: [],
    goals: [],
    ...changes,
  };
}
