/**
 * The words of the live protocol: what the server sends and what a reader asks for.
 *
 * Times are ISO 8601, UTC. `asOf` is a whole second; `minute` names a minute ("2026-01-15T10:26").
 */

/** A place in a live channel. Versions only compare within one epoch. */
export interface Position {
  readonly epoch: string;
  readonly version: number;
}

/** A visitor count under one label. Labels may come from strangers: show them as text only. */
export interface PageRow {
  readonly path: string;
  readonly visitors: number;
}
export interface LocationRow {
  /** ISO 3166-1 alpha-2, or "(unknown)" or "(other)". */
  readonly country: string;
  readonly visitors: number;
}
export interface SourceRow {
  readonly source: string;
  readonly visitors: number;
}
export interface CampaignRow {
  readonly campaign: string;
  readonly visitors: number;
}
export interface DeviceRow {
  readonly device: string;
  readonly visitors: number;
}
export interface BrowserRow {
  readonly browser: string;
  readonly visitors: number;
}
export interface OperatingSystemRow {
  readonly os: string;
  readonly visitors: number;
}
export interface EventRow {
  readonly name: string;
  readonly count: number;
}
export interface GoalRow {
  readonly name: string;
  readonly completions: number;
}
export interface MinuteRow {
  readonly minute: string;
  readonly pageViews: number;
  readonly visitors: number;
}

interface FeedRow {
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly title?: string;
  readonly country?: string;
  readonly device?: string;
}
export type RecentEvent =
  | (FeedRow & { readonly type: "pageview" })
  | (FeedRow & { readonly type: "event"; readonly name: string })
  | (FeedRow & { readonly type: "outbound"; readonly url: string })
  | (FeedRow & { readonly type: "goal"; readonly name: string });
export type RecentEventType = RecentEvent["type"];

/** One site's window as of one second. */
export interface RealtimeDocument {
  readonly siteId: string;
  readonly asOf: string;
  readonly windowSeconds: number;
  readonly currentVisitors: number;
  readonly presentVisitors: number;
  readonly pageViews: number;
  readonly activePages: readonly PageRow[];
  /** Newest first. */
  readonly recentEvents: readonly RecentEvent[];
  readonly locations: readonly LocationRow[];
  readonly sources: readonly SourceRow[];
  readonly campaigns: readonly CampaignRow[];
  readonly devices: readonly DeviceRow[];
  readonly browsers: readonly BrowserRow[];
  readonly operatingSystems: readonly OperatingSystemRow[];
  readonly events: readonly EventRow[];
  readonly goals: readonly GoalRow[];
  /** Oldest first, the running minute last, zeros included. */
  readonly perMinute: readonly MinuteRow[];
}

export interface OverviewRow {
  readonly siteId: string;
  readonly name: string;
  readonly currentVisitors: number;
  readonly perMinute: readonly MinuteRow[];
  /** The path most visitors are on, or null when nobody is there. */
  readonly topPage: string | null;
}
/** Every site the reader may see. */
export interface OverviewDocument {
  readonly asOf: string;
  readonly sites: readonly OverviewRow[];
}

/** The whole document. */
export type Snapshot<D> = { readonly type: "snapshot"; readonly position: Position } & D;
/** Only the keys that changed. */
export type Update<D> = {
  readonly type: "update";
  readonly position: Position;
  /** `recentEvents` replaces the feed instead of being put before it. */
  readonly feedReset?: boolean;
} & Partial<D>;
/** Nothing else happened for a while: the connection is alive, the clock moved. */
export type Tick = { readonly type: "tick"; readonly position: Position; readonly asOf: string };
export type LiveMessage<D> = Snapshot<D> | Update<D> | Tick;

/** Conditions that must all hold. `path` may end in `*`. */
export interface Filter {
  readonly path?: string;
  readonly country?: string;
  readonly source?: string;
  readonly campaign?: string;
  readonly device?: string;
  readonly browser?: string;
  readonly os?: string;
}
