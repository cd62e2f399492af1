/** The lists on a site's page, in their order. */

import { FILTER_KEYS, STATS_FILTER_KEYS, type StatsFilter, type StatsFilterKey } from "@footfall/client";
import {
  type Breakdown,
  BREAKDOWNS,
  type BreakdownSection,
  plainLabel,
  STATS_BREAKDOWNS,
  type StatsSection,
  UNKNOWN,
} from "@footfall/vue";
import { flag, sourceIcon } from "./icons.js";

export interface BreakdownList<S extends string = string> extends Breakdown {
  readonly section: S;
  readonly testid: string;
  /** The text while there are no rows. */
  readonly empty: string;
  /** The icon of a label; null where it has none. */
  readonly icon?: (label: string) => string | null;
  /** The label of a row without a bar; see `TopList`. */
  readonly unscaled?: string;
  /** What a click on a row filters by; null where no filter can. */
  readonly filter: StatsFilterKey | null;
}

/** The lists of one card. */
export type Lists<S extends string = string> = readonly [BreakdownList<S>, ...BreakdownList<S>[]];

/** How many rows of each list the page requests. */
export const ROWS = 50;

/** Most visitors come without a campaign, so "Unknown" would mislead, and a bar say nothing. */
const CAMPAIGNS = {
  format: (label: string): string => (label === UNKNOWN ? "None" : plainLabel(label)),
  unscaled: UNKNOWN,
};

/** Where visitors are and come from, card by card: a card with several lists offers a choice. */
export const MAIN: readonly Lists<BreakdownSection>[] = [
  [list("activePages")],
  [{ ...list("sources"), icon: sourceIcon }],
  [{ ...list("campaigns"), ...CAMPAIGNS }],
  [{ ...list("locations"), icon: flag }, list("regions"), list("cities")],
];

/** What visitors use, and what they do. */
export const SMALL: readonly Lists<BreakdownSection>[] = [
  [list("devices")],
  [list("browsers")],
  [list("operatingSystems")],
  [{ ...list("events", "No events yet"), filter: "event" }],
  [{ ...list("goals", "No goals yet"), filter: "goal" }],
];

/** The cards of the TV layout. */
export const AT_A_GLANCE = MAIN.slice(0, 2);

/** The cards of a period. */
export const OF_PERIOD: readonly Lists<StatsSection>[] = [
  [past("pages", "path"), past("entryPages", "entryPage"), past("exitPages", null)],
  [{ ...past("sources"), icon: sourceIcon }],
  [{ ...past("campaigns"), ...CAMPAIGNS }],
  [{ ...past("locations"), icon: flag }, past("regions"), past("cities")],
];
export const ACTS_OF_PERIOD = {
  events: [past("events", "event", "No events yet")],
  goals: [past("goals", "goal", "No goals yet")],
} as const;
export const SMALL_OF_PERIOD: readonly Lists<StatsSection>[] = [
  [past("devices")],
  [past("browsers")],
  [past("operatingSystems")],
];

function list(
  section: BreakdownSection,
  empty = "No visitors",
): BreakdownList<BreakdownSection> {
  const breakdown = BREAKDOWNS[section];
  const filter = FILTER_KEYS.find((key) => key === breakdown.labelKey) ?? null;
  return { ...breakdown, section, testid: testid(section), empty, filter };
}

function past(
  section: StatsSection,
  filter: StatsFilterKey | null = keyOf(STATS_BREAKDOWNS[section].labelKey),
  empty = "No visitors",
): BreakdownList<StatsSection> {
  return { ...STATS_BREAKDOWNS[section], section, testid: testid(section), empty, filter };
}

function keyOf(labelKey: string): StatsFilterKey | null {
  return STATS_FILTER_KEYS.find((key) => key === labelKey) ?? null;
}

/** "entryPages" → "entry-pages" */
function testid(section: string): string {
  return section.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The name of a filter. */
const FILTER_NAMES: Readonly<Record<StatsFilterKey, string>> = {
  path: "Page",
  country: "Country",
  source: "Source",
  campaign: "Campaign",
  device: "Device",
  browser: "Browser",
  os: "Operating system",
  region: "Region",
  city: "City",
  entryPage: "Entry page",
  event: "Event",
  goal: "Goal",
};

/** The text for a filter's value, as in its list. */
function filterText(key: StatsFilterKey, value: string): string {
  return [...MAIN, ...SMALL].flat().find((each) => each.filter === key)?.format(value) ?? value;
}

/** The filters that are set, in their order: each with its name and the text for its value. */
export function chipsOf(filter: StatsFilter): { key: StatsFilterKey; name: string; text: string }[] {
  return STATS_FILTER_KEYS.flatMap((key) => {
    const value = filter[key];
    return value ? [{ key, name: FILTER_NAMES[key], text: filterText(key, value) }] : [];
  });
}
