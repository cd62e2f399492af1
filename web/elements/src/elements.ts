/** The elements: the attributes of each, and the component that it shows. */

import { DEFAULT_MINUTES, type RecentEventType } from "@footfall/client";
import {
  BREAKDOWNS,
  type BreakdownSection,
  LiveActivityFeed,
  MAP_RATIO,
  MinuteChart,
  RealtimeCounter,
  TopList,
  useReadable,
  VisitorMap,
} from "@footfall/vue";
import { h } from "vue";
import { defineElement } from "./defineElement.js";

const Counter = defineElement(
  { label: String, pollInterval: Number, inline: Boolean },
  ({ config, named }, props) =>
    () => {
      const { label, pollInterval, inline } = props;
      return h(RealtimeCounter, { config: config.value, label, pollInterval, inline, ...named() });
    },
);

const Feed = defineElement(
  { maxItems: Number, hideLocation: Boolean, types: String },
  ({ config, named }, props) =>
    () => {
      const { maxItems, hideLocation } = props;
      const types = props.types?.split(/[\s,]+/).filter(Boolean) as RecentEventType[] | undefined;
      return h(LiveActivityFeed, {
        config: config.value,
        showLocation: !hideLocation,
        maxItems,
        types: types?.length ? types : undefined,
        ...named(),
      });
    },
);

/** What `<top-list>` can show, by the value of its `list` attribute. */
const LISTS: Readonly<Record<string, BreakdownSection>> = {
  pages: "activePages",
  sources: "sources",
  campaigns: "campaigns",
  countries: "locations",
  devices: "devices",
  browsers: "browsers",
  systems: "operatingSystems",
  regions: "regions",
  cities: "cities",
  events: "events",
  goals: "goals",
};

const List = defineElement(
  { list: { type: String, default: "pages" }, heading: String, maxItems: Number },
  ({ config, data, problem, named }, props) => {
    const readable = useReadable(data, () => config.value);
    return () => {
      const { list: name, heading, maxItems } = props;
      const section = LISTS[name];
      if (!section) return `There is no list “${name}”: use ${Object.keys(LISTS).join(", ")}.`;
      const { title, ...keys } = BREAKDOWNS[section];
      const items = readable.value?.[section] ?? [];
      const empty = problem.value ?? "Nothing yet";
      return h(TopList, { title: heading ?? title, items, maxItems, empty, ...keys, ...named() });
    };
  },
);

const WorldMap = defineElement({}, ({ config, data, problem, named }) => {
  const readable = useReadable(data, () => config.value);
  return () =>
    problem.value ?? h(VisitorMap, { locations: readable.value?.locations ?? [], ...named() });
});

const Chart = defineElement(
  { compact: Boolean },
  ({ config, data, problem, named }, props) =>
    () =>
      problem.value ??
      h(MinuteChart, {
        rows: data.value?.perMinute ?? [],
        minutes: config.value.minutes ?? DEFAULT_MINUTES,
        compact: props.compact,
        ...named(),
      }),
);

/** `size` is the element's size unless the page sets another. */
export const ELEMENTS = [
  { name: "realtime-counter", component: Counter, size: "" },
  { name: "live-activity-feed", component: Feed, size: "height: 480px" },
  { name: "top-list", component: List, size: "" },
  {
    name: "visitor-map",
    component: WorldMap,
    size: `aspect-ratio: ${MAP_RATIO}; max-width: 100%; max-height: 100%`,
  },
  { name: "minute-chart", component: Chart, size: "height: 160px" },
] as const;
