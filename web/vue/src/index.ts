export { default as ConnectionState } from "./components/ConnectionState/ConnectionState.vue";
export { default as EventMark } from "./components/LiveActivityFeed/EventMark.vue";
export { default as LiveActivityFeed } from "./components/LiveActivityFeed/LiveActivityFeed.vue";
export { default as MinuteChart } from "./components/MinuteChart/MinuteChart.vue";
export { default as RealtimeCounter } from "./components/RealtimeCounter/RealtimeCounter.vue";
export { default as RollingNumber } from "./components/RollingNumber/RollingNumber.vue";
export { default as SeriesChart } from "./components/SeriesChart/SeriesChart.vue";
export { default as TopList } from "./components/TopList/TopList.vue";
export { MAP_RATIO } from "./components/VisitorMap/scale.js";
export { default as VisitorMap } from "./components/VisitorMap/VisitorMap.vue";
export { createRealtimePoller, type RealtimePollerReturn } from "./composables/createRealtimePoller.js";
export { useNow } from "./composables/useNow.js";
export { usePaced, type UsePacedOptions } from "./composables/usePaced.js";
export { useProblem } from "./composables/useProblem.js";
export { useReadable } from "./composables/useReadable.js";
export {
  type Connection,
  type DashboardData,
  type DashboardRequest,
  fetchDashboardData,
  type Filter,
  type LiveOptions,
  type PollerConfig,
  type RealtimeConfig,
  type RealtimeDocument,
  type ServerConfig,
  type StatsConfig,
  type StatsDocument,
  type StatsFilter,
} from "@footfall/client";
export { useStats, type UseStatsOptions, type UseStatsReturn } from "./composables/useStats.js";
export { type UseLiveReturn, useOverview, useRealtime } from "./composables/useRealtime.js";
export {
  cameFrom,
  countryName,
  deviceName,
  formatDuration,
  formatNumber,
  formatShare,
  plainLabel,
  plural,
  timeAgo,
  UNKNOWN,
} from "./labels.js";
export {
  type Breakdown,
  BREAKDOWNS,
  type BreakdownSection,
  STATS_BREAKDOWNS,
  type StatsSection,
} from "./breakdowns.js";
