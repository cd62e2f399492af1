/** The lists on a site's page, in their order. */

import { FILTER_KEYS, STATS_FILTER_KEYS, type StatsFilterKey } from "@footfall/client";
import {
  type Breakdown,
  BREAKDOWNS,
  type BreakdownSection,
  plainLabel,
  STATS_BREAKDOWNS,
  type StatsSection,
  UNKNOWN,
} from "@footfall/vue";

export interface BreakdownList<S extends string = string> extends Breakdown {
  readonly section: S;
  readonly testid: string;
  /** The text while there are no rows. */
  readonly empty: string;
  /** What a click on a row filters by; null where no filter can. */
  readonly filter: StatsFilterKey | null;
}

/** The lists of one card. */
export type Lists<S extends string = string> = readonly [BreakdownList<S>, ...BreakdownList<S>[]];

/** How many rows of each list the page requests. */
export const ROWS = 50;

/** Where visitors are and come from, card by card: a card with several lists offers a choice. */
export const MAIN: readonly Lists<BreakdownSection>[] = [
  [list("activePages")],
  [list("sources")],
  [{ ...list("campaigns"), format: campaignName }],
  [list("locations"), list("regions"), list("cities")],
];

/** What visitors use, and what they do. */
export const SMALL: readonly Lists<BreakdownSection>[] = [
  [list("devices")],
  [list("browsers")],
  [list("operatingSystems")],
  [list("events", "No events yet")],
  [list("goals", "No goals yet")],
];

/** The cards of the TV layout. */
export const AT_A_GLANCE = MAIN.slice(0, 2);

/** The cards of a period. */
export const OF_PERIOD: readonly Lists<StatsSection>[] = [
  [past("pages", "path"), past("entryPages", "entryPage"), past("exitPages", null)],
  [past("sources")],
  [{ ...past("campaigns"), format: campaignName }],
  [past("locations"), past("regions"), past("cities")],
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

/** Most visitors come without a campaign, so "Unknown" would mislead. */
function campaignName(label: string): string {
  return label === UNKNOWN ? "None" : plainLabel(label);
}

/** The name of a filter. */
export const FILTER_NAMES: Readonly<Record<StatsFilterKey, string>> = {
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
export function filterText(key: StatsFilterKey, value: string): string {
  return [...MAIN, ...SMALL].flat().find((each) => each.filter === key)?.format(value) ?? value;
}
