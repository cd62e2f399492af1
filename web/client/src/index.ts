export { applyOverview, applyRealtime, ProtocolError } from "./apply.js";
export {
  DEFAULT_LIMIT,
  DEFAULT_MINUTES,
  FILTER_KEYS,
  type FilterKey,
  type RealtimeConfig,
  type ServerConfig,
} from "./config.js";
export { type Connection, type ConnectionStatus, STOPPED } from "./connection.js";
export {
  LiveClient,
  type LiveListener,
  type LiveOptions,
  type LiveState,
  OverviewClient,
  RealtimeClient,
} from "./liveClient.js";
export {
  type DashboardConfig,
  type DashboardData,
  type DashboardRequest,
  fetchDashboardData,
} from "./dashboardData.js";
export { createRealtimePoller, type PollerConfig, type RealtimePoller } from "./poller.js";
export type * from "./protocol.js";
export { realtimeKey, type SharedClient, shareRealtime } from "./share.js";
export {
  fetchStats,
  type PeriodName,
  PERIODS,
  STATS_FILTER_KEYS,
  type StatsConfig,
  type StatsFilter,
  type StatsFilterKey,
  statsQuery,
  type StatsRequest,
} from "./stats.js";
export { RequestFailed } from "./transports/http.js";
export { type Closure, REFUSED, type TransportName } from "./transports/transport.js";
