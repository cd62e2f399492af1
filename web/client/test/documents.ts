import type { RealtimeDocument, RecentEvent } from "../src/index.js";

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
