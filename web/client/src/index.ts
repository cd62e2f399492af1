export { applyOverview, applyRealtime, ProtocolError } from "./apply.js";
export { OverviewClient, RealtimeClient } from "./clients.js";
export type { RealtimeConfig, ServerConfig } from "./config.js";
export { type Connection, type ConnectionStatus, REFUSED } from "./connection.js";
export { LiveClient, type LiveListener, type LiveOptions, type LiveState } from "./live.js";
export {
  createRealtimePoller,
  type DashboardData,
  type DashboardRequest,
  fetchDashboardData,
  type PollerConfig,
  type RealtimePoller,
} from "./poller.js";
export type * from "./protocol.js";
export { realtimeKey, type SharedClient, shareRealtime } from "./share.js";
export { RequestFailed } from "./transports/http.js";
export type { Closure, TransportName } from "./transports/transport.js";
