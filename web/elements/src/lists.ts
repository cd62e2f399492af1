/** What `<top-list>` can show, by the value of its `list` attribute. */

import type { RealtimeDocument } from "@footfall/client";
import { countryName, deviceName, plainLabel } from "@footfall/vue";

export interface List {
  readonly section: keyof RealtimeDocument;
  readonly heading: string;
  readonly labelKey: string;
  readonly valueKey: string;
  readonly format: (label: string) => string;
}

const people = (
  section: keyof RealtimeDocument,
  heading: string,
  labelKey: string,
  format: (label: string) => string = plainLabel,
): List => ({ section, heading, labelKey, valueKey: "visitors", format });

const same = (label: string): string => label;

export const LISTS: Readonly<Record<string, List>> = {
  pages: people("activePages", "Active pages", "path"),
  sources: people("sources", "Sources", "source"),
  campaigns: people("campaigns", "Campaigns", "campaign"),
  countries: people("locations", "Countries", "country", countryName),
  devices: people("devices", "Devices", "device", deviceName),
  browsers: people("browsers", "Browsers", "browser"),
  systems: people("operatingSystems", "Systems", "os"),
  events: { section: "events", heading: "Events", labelKey: "name", valueKey: "count", format: same },
  goals: { section: "goals", heading: "Goals", labelKey: "name", valueKey: "completions", format: same },
};
