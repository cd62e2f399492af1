/** The lists of a site's page: which, in which order, and in whose words. */

import type { RealtimeDocument } from "@footfall/client";
import { countryName, deviceName, plainLabel } from "@footfall/vue";
import type { FilterKey } from "./location.js";

type Section =
  | "activePages"
  | "sources"
  | "campaigns"
  | "locations"
  | "devices"
  | "browsers"
  | "operatingSystems"
  | "events"
  | "goals";

export interface Breakdown {
  /** The document's section that holds the rows. */
  readonly section: Section;
  readonly testid: string;
  readonly title: string;
  readonly labelKey: string;
  readonly valueKey: string;
  readonly format: (label: string) => string;
  /** What to say while there is no row. */
  readonly empty: string;
  /** What a press on a row filters by; null where no filter can name it. */
  readonly filter: FilterKey | null;
}

/** As many rows of each list are asked of the server. */
export const ROWS = 50;

const NOBODY = "Nobody right now";

/** Who came by no campaign is no mystery. */
function campaignName(label: string): string {
  return label === "(unknown)" ? "None" : plainLabel(label);
}

/** Where the people are, and whence they came. */
export const MAIN: readonly Breakdown[] = [
  people("activePages", "Active pages", "path", "path"),
  people("sources", "Sources", "source", "source"),
  people("campaigns", "Campaigns", "campaign", "campaign", campaignName),
  people("locations", "Countries", "country", "country", countryName),
];

/** What they use, and what they did. */
export const SMALL: readonly Breakdown[] = [
  people("devices", "Devices", "device", "device", deviceName),
  people("browsers", "Browsers", "browser", "browser"),
  people("operatingSystems", "Systems", "os", "os"),
  { ...list("events", "Events", "name", "count"), empty: "No events", filter: null },
  { ...list("goals", "Goals", "name", "completions"), empty: "None reached", filter: null },
];

/** For a screen across the room. */
export const AT_A_GLANCE: readonly Breakdown[] = MAIN.slice(0, 2);

export const ALL: readonly Breakdown[] = [...MAIN, ...SMALL];

/** The words for a filter's value, as its list has them. */
export function filterText(key: FilterKey, value: string): string {
  return ALL.find((each) => each.filter === key)?.format(value) ?? value;
}

/** The word for a filter. */
export const FILTER_NAMES: Readonly<Record<FilterKey, string>> = {
  path: "Page",
  country: "Country",
  source: "Source",
  campaign: "Campaign",
  device: "Device",
  browser: "Browser",
  os: "System",
};

function people<S extends Exclude<Section, "events" | "goals">>(
  section: S,
  title: string,
  labelKey: keyof RealtimeDocument[S][number] & string,
  filter: FilterKey,
  format: (label: string) => string = plainLabel,
): Breakdown {
  const rows = list(section, title, labelKey, "visitors" as never, format);
  return { ...rows, empty: NOBODY, filter };
}

/** Holds the keys to what the section's rows have. */
function list<S extends Section, R extends RealtimeDocument[S][number]>(
  section: S,
  title: string,
  labelKey: keyof R & string,
  valueKey: keyof R & string,
  format: (label: string) => string = (label) => label,
): Omit<Breakdown, "empty" | "filter"> {
  const testid = section.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { section, testid, title, labelKey, valueKey, format };
}
