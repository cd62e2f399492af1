/** Each element: its attributes, and the component it is made of. */

import type { RecentEventType } from "@footfall/client";
import {
  LiveActivityFeed,
  MinuteChart,
  RealtimeCounter,
  TopList,
  useReadable,
  VisitorMap,
} from "@footfall/vue";
import { defineComponent, h } from "vue";
import { CONFIG, words } from "./attributes.js";
import { LISTS } from "./lists.js";
import { useElement } from "./useElement.js";

const Counter = defineComponent({
  inheritAttrs: false,
  props: { ...CONFIG, label: String, pollInterval: Number },
  setup(props) {
    const { config } = useElement(props);
    return () => {
      const { label, pollInterval } = props;
      return h(RealtimeCounter, {
        config: config.value,
        ...(label !== undefined && { label }),
        ...(pollInterval !== undefined && { pollInterval }),
      });
    };
  },
});

const Feed = defineComponent({
  inheritAttrs: false,
  props: { ...CONFIG, maxItems: Number, hideLocation: Boolean, types: String },
  setup(props) {
    const { config } = useElement(props);
    return () => {
      const types = words(props.types) as RecentEventType[];
      return h(LiveActivityFeed, {
        config: config.value,
        showLocation: !props.hideLocation,
        ...(props.maxItems !== undefined && { maxItems: props.maxItems }),
        ...(types.length > 0 && { types }),
      });
    };
  },
});

const List = defineComponent({
  inheritAttrs: false,
  props: { ...CONFIG, list: { type: String, default: "pages" }, heading: String, maxItems: Number },
  setup(props) {
    const { config, data } = useElement(props);
    const lists = useReadable(data, () => config.value);
    return () => {
      const list = LISTS[props.list];
      if (!list) return `There is no list “${props.list}”: use ${Object.keys(LISTS).join(", ")}.`;
      return h(TopList, {
        title: props.heading ?? list.heading,
        items: (lists.value?.[list.section] ?? []) as readonly object[],
        labelKey: list.labelKey,
        valueKey: list.valueKey,
        format: list.format,
        ...(props.maxItems !== undefined && { maxItems: props.maxItems }),
      });
    };
  },
});

const WorldMap = defineComponent({
  inheritAttrs: false,
  props: CONFIG,
  setup(props) {
    const { config, data } = useElement(props);
    const lists = useReadable(data, () => config.value);
    return () => h(VisitorMap, { locations: lists.value?.locations ?? [] });
  },
});

const Chart = defineComponent({
  inheritAttrs: false,
  props: { ...CONFIG, compact: Boolean },
  setup(props) {
    const { config, data } = useElement(props);
    return () =>
      h(MinuteChart, {
        rows: data.value?.perMinute ?? [],
        minutes: config.value.minutes ?? 5,
        compact: props.compact,
      });
  },
});

/** `size` is how large it is where the page says nothing. */
export const ELEMENTS = [
  { name: "realtime-counter", component: Counter, size: "" },
  { name: "live-activity-feed", component: Feed, size: "height: 480px" },
  { name: "top-list", component: List, size: "" },
  { name: "visitor-map", component: WorldMap, size: "aspect-ratio: 800 / 392" },
  { name: "minute-chart", component: Chart, size: "height: 160px" },
] as const;
