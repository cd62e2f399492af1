/** Made by `make types` from the server's schemas: change them, not this file. */

export interface BrowserRow {
  readonly browser: string;
  readonly visitors: number;
}

export interface CampaignRow {
  readonly campaign: string;
  readonly visitors: number;
}

/** `city` is like `Munich, Bavaria, DE`, or "(unknown)" or "(other)". */
export interface CityRow {
  readonly city: string;
  readonly visitors: number;
}

/** The totals of another period. While the period asked for is running, they end where it stands now; its series has all of it. */
export interface ComparedStats {
  readonly visitors: number;
  readonly visits: number;
  readonly pageViews: number;
  readonly viewsPerVisit: number;
  readonly bounceRate: number;
  readonly visitSeconds: number;
  readonly engagedSeconds: number;
  readonly from: string;
  readonly to: string;
  readonly series: readonly SeriesRow[];
}

/** The live counters as they stood at the end of each minute. `to` is not included. */
export interface ConcurrencyDocument {
  readonly siteId: string;
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
  readonly step: string;
  readonly rows: readonly ConcurrencyRow[];
  readonly usual: readonly ConcurrencyRow[];
}

/** `time` is the step's first minute, in the site's time zone, as in `2026-11-25T10:30+01:00`. The visitors are the greatest of the step, the page views all. */
export interface ConcurrencyRow {
  readonly time: string;
  readonly currentVisitors: number;
  readonly presentVisitors: number;
  readonly pageViews: number;
}

/** The only answer that contains the secret: the server keeps only its digest. */
export interface CreatedToken {
  readonly id: string;
  readonly scope: "admin" | "read" | "write";
  readonly siteId: string | null;
  readonly name: string;
  readonly created: string;
  readonly secret: string;
}

export interface DeviceRow {
  readonly device: string;
  readonly visitors: number;
}

/** Why a valid event was dropped on purpose; each has a counter on `/metrics`. */
export type DropReason = "bot" | "do_not_track" | "excluded_ip" | "excluded_path" | "foreign_host" | "future" | "stale" | "unsupported";

/** Events that were dropped for one reason. `host` is the one that is none of the site's domains, where that is the reason. */
export interface DropView {
  readonly reason: DropReason;
  readonly host: string | null;
  readonly count: number;
  readonly last: string;
}

/** `path` is "(unknown)" for visits without a page view. */
export interface EntryPageRow {
  readonly path: string;
  readonly visits: number;
}

/** What is wrong and what to do; `field` names the part of the request that is wrong, `socket` the WebSocket API that pushes where this server does not. */
export interface ErrorBody {
  readonly error: string;
  readonly field?: string;
  readonly socket?: string;
}

/** How often a custom event happened. */
export interface EventRow {
  readonly name: string;
  readonly count: number;
}

/** `kind="path"` matches a page view's path by `match`; `kind="event"` matches a custom event's name exactly. `match="pattern"` is an RE2 expression. */
export interface Goal {
  readonly id: string;
  readonly siteId: string;
  readonly name: string;
  readonly kind: "event" | "path";
  readonly match?: "contains" | "exact" | "pattern" | "starts_with";
  readonly value: string;
}

export interface GoalRow {
  readonly name: string;
  readonly completions: number;
}

/** A goal without a name. */
export interface GoalToTry {
  readonly kind: "event" | "path";
  readonly match?: "contains" | "exact" | "pattern" | "starts_with";
  readonly value: string;
}

/** How many page views or custom events of the last `minutes` would have reached a goal. */
export interface GoalTrial {
  readonly matches: number;
  readonly minutes: number;
}

/** A goal as a reader sees it. Only the site's admins get what it matches, which may be a page that nobody else should know. */
export interface GoalView {
  readonly id: string;
  readonly siteId: string;
  readonly name: string;
  readonly kind?: "event" | "path";
  readonly match?: "contains" | "exact" | "pattern" | "starts_with";
  readonly value?: string;
}

/** `history` says that something is wrong with the archive, to whoever operates the server also what; the live numbers don't need it. */
export interface Health {
  readonly status: string;
  readonly history?: string;
}

export interface ImportAnswer {
  readonly events: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** The days of the period, both included, for which daily totals of another product (the `provider`) were imported. They know no combinations, so with a filter they are not `counted`; and hours have no part of them. */
export interface ImportedRow {
  readonly from: string;
  readonly to: string;
  readonly provider: string;
  readonly counted: boolean;
}

export interface Include {
  readonly time_labels?: boolean;
  readonly total_rows?: boolean;
  readonly imports?: boolean;
}

/** `country` is ISO 3166-1 alpha-2, or "(unknown)" or "(other)". */
export interface LocationRow {
  readonly country: string;
  readonly visitors: number;
}

/** `minute` is UTC, as in `2026-01-15T10:26`; `visitors` are the distinct ones in it. */
export interface MinuteRow {
  readonly minute: string;
  readonly pageViews: number;
  readonly visitors: number;
}

/** `kind: "path"` matches page views by `match`; `kind: "event"` a custom event's name. */
export interface NewGoal {
  readonly name: string;
  readonly kind: "event" | "path";
  readonly match?: "contains" | "exact" | "pattern" | "starts_with";
  readonly value: string;
}

export interface NewSite {
  readonly id: string;
  readonly name?: string;
  readonly domains?: readonly string[];
  readonly aliases?: readonly string[];
  readonly public?: boolean;
  readonly publicHistory?: boolean;
  readonly publicVisits?: boolean;
  readonly timeZone?: string;
  readonly excludePaths?: readonly string[];
  readonly excludeIps?: readonly string[];
  readonly honourDnt?: boolean;
}

/** `siteId` null means every site; a write token belongs to one. */
export interface NewToken {
  readonly scope: "admin" | "read" | "write";
  readonly siteId?: string;
  readonly name?: string;
}

export interface OperatingSystemRow {
  readonly os: string;
  readonly visitors: number;
}

/** Every site that the reader may see. */
export interface OverviewDocument {
  readonly asOf: string;
  readonly sites: readonly OverviewRow[];
}

/** `topPage` is the path with the most visitors, null without visitors. */
export interface OverviewRow {
  readonly siteId: string;
  readonly name: string;
  readonly currentVisitors: number;
  readonly perMinute: readonly MinuteRow[];
  readonly topPage: string | null;
}

/** `problem` says what is wrong and what to do; null when the snippet was `found`. */
export interface PageCheck {
  readonly found: boolean;
  readonly problem?: string;
}

export interface PageRow {
  readonly path: string;
  readonly visitors: number;
}

export interface PageToCheck {
  readonly url: string;
}

export interface Pagination {
  readonly limit?: number;
  readonly offset?: number;
}

/** The greatest number of visitors within five minutes, and the minute (of the site's time zone) in which the live counter first showed it. */
export interface PeakRow {
  readonly currentVisitors: number;
  readonly minute: string;
}

/** A value of a custom event's property, as text. */
export interface PropertyRow {
  readonly property: string;
  readonly value: string;
  readonly count: number;
  readonly visitors: number;
}

export interface QueryAnswer {
  readonly results: readonly QueryRow[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly query: QueryBody;
}

/** `date_range` is a name or two dates, or dates and times; `filters` are `["is", "visit:source", ["Google"]]` and combinations by `and`, `or` and `not`. */
export interface QueryBody {
  readonly site_id: string;
  readonly metrics: readonly string[];
  readonly date_range: string | readonly string[];
  readonly dimensions?: readonly string[];
  readonly filters?: readonly unknown[];
  readonly order_by?: readonly (readonly [string, string])[];
  readonly include?: Include;
  readonly pagination?: Pagination;
}

export interface QueryRow {
  readonly dimensions: readonly string[];
  readonly metrics: readonly (number | null)[];
}

/** One site's window at one second. `recentEvents` is newest first; `perMinute` is oldest first, up to the current minute, zeros included; the other lists have the highest counts first. */
export interface RealtimeDocument {
  readonly siteId: string;
  readonly asOf: string;
  readonly windowSeconds: number;
  readonly currentVisitors: number;
  readonly presentVisitors: number;
  readonly pageViews: number;
  readonly activePages: readonly PageRow[];
  readonly recentEvents: readonly (RecentPageView | RecentCustomEvent | RecentOutbound | RecentGoal)[];
  readonly locations: readonly LocationRow[];
  readonly sources: readonly SourceRow[];
  readonly campaigns: readonly CampaignRow[];
  readonly devices: readonly DeviceRow[];
  readonly browsers: readonly BrowserRow[];
  readonly operatingSystems: readonly OperatingSystemRow[];
  readonly regions: readonly RegionRow[];
  readonly cities: readonly CityRow[];
  readonly events: readonly EventRow[];
  readonly goals: readonly GoalRow[];
  readonly perMinute: readonly MinuteRow[];
}

export interface RecentCustomEvent {
  readonly type: "event";
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly title?: string;
  readonly country?: string;
  readonly device?: string;
}

/** A goal reached by a page view or a custom event. */
export interface RecentGoal {
  readonly type: "goal";
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly title?: string;
  readonly country?: string;
  readonly device?: string;
}

/** A click on a link to another site, `url`. */
export interface RecentOutbound {
  readonly type: "outbound";
  readonly url: string;
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly title?: string;
  readonly country?: string;
  readonly device?: string;
}

/** `source` is where an arrival came from, as in the list of sources. */
export interface RecentPageView {
  readonly type: "pageview";
  readonly source?: string;
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly title?: string;
  readonly country?: string;
  readonly device?: string;
}

/** `region` is like `Bavaria, DE`, or "(unknown)" or "(other)". */
export interface RegionRow {
  readonly region: string;
  readonly visitors: number;
}

/** `time` is when the hour began, as in `2026-11-24T14:00+01:00`, the day, the Monday of the week, or the month, as in `2026-11`. */
export interface SeriesRow {
  readonly time: string;
  readonly visitors: number;
  readonly visits: number;
  readonly pageViews: number;
}

/** What the signed-in reader may do; `siteId` null means every site. `tokenId` is the token they signed in with, as in the list of tokens. */
export interface Session {
  readonly scope: "admin" | "read" | "write";
  readonly siteId: string | null;
  readonly tokenId: string;
}

/** A browser that is signed in with a token; `siteId` null means every site. */
export interface SessionView {
  readonly id: string;
  readonly tokenId: string;
  readonly tokenName: string;
  readonly scope: "admin" | "read" | "write";
  readonly siteId: string | null;
  readonly created: string;
  readonly expires: string;
  readonly current: boolean;
}

export interface SignIn {
  readonly token: string;
}

/** Only the given fields change; a given list replaces the old one. */
export interface SiteChange {
  readonly name?: string;
  readonly domains?: readonly string[];
  readonly aliases?: readonly string[];
  readonly public?: boolean;
  readonly publicHistory?: boolean;
  readonly publicVisits?: boolean;
  readonly timeZone?: string;
  readonly excludePaths?: readonly string[];
  readonly excludeIps?: readonly string[];
  readonly honourDnt?: boolean;
}

/** A site as a reader sees it. Only its admins get its rules, which may contain addresses, and `firstEvent`, the time (ISO 8601, UTC) of the oldest event that the log still has, null if it has none (only when a single site is read). */
export interface SiteView {
  readonly id: string;
  readonly name: string;
  readonly public: boolean;
  readonly publicHistory: boolean;
  readonly publicVisits: boolean;
  readonly timeZone: string;
  readonly domains?: readonly string[];
  readonly aliases?: readonly string[];
  readonly excludePaths?: readonly string[];
  readonly excludeIps?: readonly string[];
  readonly honourDnt?: boolean;
  readonly firstEvent?: string;
}

export interface SourceRow {
  readonly source: string;
  readonly visitors: number;
}

/** How far a source was read: a file, by a name that its reader gives it. */
export interface SourceView {
  readonly source: string;
  readonly to: number | null;
  readonly host: string;
  readonly freshSeconds: number;
  readonly now: number;
  readonly marks: Readonly<Record<string, string>>;
}

/** What happened on one site in a period. `from` and `to` are dates, both included, or date and time, of which `to` is not. */
export interface StatsDocument {
  readonly visitors: number;
  readonly visits: number;
  readonly pageViews: number;
  readonly viewsPerVisit: number;
  readonly bounceRate: number;
  readonly visitSeconds: number;
  readonly engagedSeconds: number;
  readonly siteId: string;
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
  readonly interval: string;
  readonly asOf: string;
  readonly peak: PeakRow | null;
  readonly series: readonly SeriesRow[];
  readonly compared: ComparedStats | null;
  readonly imported: ImportedRow | null;
  readonly pages: readonly StatsPageRow[];
  readonly entryPages: readonly EntryPageRow[];
  readonly exitPages: readonly EntryPageRow[];
  readonly sources: readonly SourceRow[];
  readonly campaigns: readonly CampaignRow[];
  readonly locations: readonly LocationRow[];
  readonly devices: readonly DeviceRow[];
  readonly browsers: readonly BrowserRow[];
  readonly operatingSystems: readonly OperatingSystemRow[];
  readonly regions: readonly RegionRow[];
  readonly cities: readonly CityRow[];
  readonly events: readonly StatsEventRow[];
  readonly properties: readonly PropertyRow[];
  readonly goals: readonly StatsGoalRow[];
}

export interface StatsEventRow {
  readonly name: string;
  readonly count: number;
  readonly visitors: number;
}

/** `conversionRate` (0 to 1) is the share of all visitors of the period. */
export interface StatsGoalRow {
  readonly name: string;
  readonly completions: number;
  readonly visitors: number;
  readonly conversionRate: number;
}

export interface StatsPageRow {
  readonly path: string;
  readonly visitors: number;
  readonly pageViews: number;
}

/** A token as it is listed, without its secret. */
export interface TokenView {
  readonly id: string;
  readonly scope: "admin" | "read" | "write";
  readonly siteId: string | null;
  readonly name: string;
  readonly created: string;
}

/** `events` are oldest first: page views, custom events, outbound clicks, and goals. */
export interface VisitDocument {
  readonly id: string;
  readonly since: string;
  readonly last: string;
  readonly present: boolean;
  readonly pageViews: number;
  readonly path: string;
  readonly title: string | null;
  readonly source: string | null;
  readonly campaign: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly device: string | null;
  readonly browser: string | null;
  readonly os: string | null;
  readonly events: readonly (RecentPageView | RecentCustomEvent | RecentOutbound | RecentGoal)[];
}

/** A visit in the retention. `since` and `last` are its first and latest sign of life; `present` is whether the visitor has the site open. `id` is of this day only. */
export interface VisitRow {
  readonly id: string;
  readonly since: string;
  readonly last: string;
  readonly present: boolean;
  readonly pageViews: number;
  readonly path: string;
  readonly title: string | null;
  readonly source: string | null;
  readonly campaign: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly device: string | null;
  readonly browser: string | null;
  readonly os: string | null;
}

/** The fields of one event in a request to /collect; unknown fields are ignored. */
export interface WireEvent {
  readonly s: string;
  readonly e: "event" | "leave" | "outbound" | "pageview" | "ping";
  readonly u: string;
  readonly sid?: string;
  readonly r?: string;
  readonly t?: string;
  readonly sw?: number;
  readonly sh?: number;
  readonly p?: Readonly<Record<string, string | number | boolean | null>>;
  readonly en?: string;
  readonly ev?: string | number | boolean;
  readonly id?: string;
  readonly ts?: number;
  readonly ip?: string;
  readonly ua?: string;
}

/** Conditions that must all hold. */
export interface Filter {
  /** Only this path; a trailing * is a prefix */
  readonly path?: string;
  /** Only this country (ISO 3166-1 alpha-2) */
  readonly country?: string;
  /** Only visitors who came from this source */
  readonly source?: string;
  /** Only visitors of this campaign */
  readonly campaign?: string;
  /** Only this class of device */
  readonly device?: string;
  /** Only this browser */
  readonly browser?: string;
  /** Only this operating system */
  readonly os?: string;
  /** Only this region, such as Bavaria, DE */
  readonly region?: string;
  /** Only this city, such as Munich, Bavaria, DE */
  readonly city?: string;
  /** Only custom events of this name */
  readonly event?: string;
  /** Only events that reach this goal */
  readonly goal?: string;
}
