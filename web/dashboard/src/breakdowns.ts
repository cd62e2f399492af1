/** The lists of a site's page: which, in which order, and in whose words. */

import type { RealtimeDocument } from "@footfall/client";
import { countryName, deviceName, plainLabel } from "@footfall/vue";

type Section =
  | "activePages"
  | "sources"
  | "locations"
  | "devices"
  | "browsers"
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
}

/** Where the people are, and whence they came. */
export const MAIN: readonly Breakdown[] = [
  breakdown("activePages", "Active pages", "path", "visitors", plainLabel),
  breakdown("sources", "Sources", "source", "visitors", plainLabel),
  breakdown("locations", "Countries", "country", "visitors", countryName),
];

/** What they use, and what they did. */
export const SMALL: readonly Breakdown[] = [
  breakdown("devices", "Devices", "device", "visitors", deviceName),
  breakdown("browsers", "Browsers", "browser", "visitors", plainLabel),
  breakdown("events", "Events", "name", "count"),
  breakdown("goals", "Goals", "name", "completions"),
];

/** Holds the keys to what the section's rows have. */
function breakdown<S extends Section, R extends RealtimeDocument[S][number]>(
  section: S,
  title: string,
  labelKey: keyof R & string,
  valueKey: keyof R & string,
  format: (label: string) => string = (label) => label,
): Breakdown {
  const testid = section.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { section, testid, title, labelKey, valueKey, format };
}
