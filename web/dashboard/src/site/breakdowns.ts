/** The lists on a site's page, in their order. */

import { FILTER_KEYS, type FilterKey } from "@footfall/client";
import { type Breakdown, BREAKDOWNS, type BreakdownSection, plainLabel } from "@footfall/vue";

export interface BreakdownList extends Breakdown {
  readonly section: BreakdownSection;
  readonly testid: string;
  /** The text while there are no rows. */
  readonly empty: string;
  /** What a click on a row filters by; null where no filter can. */
  readonly filter: FilterKey | null;
}

/** How many rows of each list the page requests. */
export const ROWS = 50;

/** Where visitors are and come from. */
export const MAIN: readonly BreakdownList[] = [
  list("activePages"),
  list("sources"),
  { ...list("campaigns"), format: campaignName },
  list("locations"),
];

/** What visitors use, and what they do. */
export const SMALL: readonly BreakdownList[] = [
  list("devices"),
  list("browsers"),
  list("operatingSystems"),
  list("events", "No events"),
  list("goals", "None reached"),
];

/** The lists of the TV layout. */
export const AT_A_GLANCE: readonly BreakdownList[] = MAIN.slice(0, 2);

function list(section: BreakdownSection, empty = "Nobody right now"): BreakdownList {
  const breakdown = BREAKDOWNS[section];
  const testid = section.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const filter = FILTER_KEYS.find((key) => key === breakdown.labelKey) ?? null;
  return { ...breakdown, section, testid, empty, filter };
}

/** Most visitors come without a campaign, so "Unknown" would mislead. */
function campaignName(label: string): string {
  return label === "(unknown)" ? "None" : plainLabel(label);
}

/** The name of a filter. */
export const FILTER_NAMES: Readonly<Record<FilterKey, string>> = {
  path: "Page",
  country: "Country",
  source: "Source",
  campaign: "Campaign",
  device: "Device",
  browser: "Browser",
  os: "System",
};

/** The text for a filter's value, as in its list. */
export function filterText(key: FilterKey, value: string): string {
  return [...MAIN, ...SMALL].find((each) => each.filter === key)?.format(value) ?? value;
}
