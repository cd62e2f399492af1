export { default as ConnectionState } from "./components/ConnectionState.vue";
export { default as LiveActivityFeed } from "./components/LiveActivityFeed.vue";
export { default as MinuteChart } from "./components/MinuteChart.vue";
export { default as RealtimeCounter } from "./components/RealtimeCounter.vue";
export { default as RollingNumber } from "./components/RollingNumber.vue";
export { default as TopList } from "./components/TopList.vue";
export { default as VisitorMap } from "./components/VisitorMap.vue";
export { countryName, deviceName, formatNumber, plainLabel } from "./labels.js";
export { type UseLiveReturn, useOverview, useRealtime } from "./useLive.js";
