/** The breakdowns of a document: each lists the visitors, or a count, by one dimension. */

import type { RealtimeDocument, StatsDocument, StatsGoalRow } from "@footfall/client";
import { countryName, deviceName, formatNumber, formatShare, plainLabel } from "./labels.js";

/** The section of a document that holds a breakdown's rows. */
export type BreakdownSection =
  | "activePages"
  | "sources"
  | "campaigns"
  | "locations"
  | "devices"
  | "browsers"
  | "operatingSystems"
  | "regions"
  | "cities"
  | "events"
  | "goals";

export interface Breakdown {
  readonly title: string;
  /** The field that names a row. */
  readonly labelKey: string;
  /** The field with a row's number. */
  readonly valueKey: string;
  /** The text for a label. */
  readonly format: (label: string) => string;
  /** Whether labels are paths; see `TopList`. */
  readonly paths?: boolean;
  /** The text for a row's number. Default: the number itself. */
  readonly formatValue?: (row: object) => string;
}

/** Makes sure that the rows of section S have the fields. */
interface BreakdownOf<S extends BreakdownSection> extends Breakdown {
  readonly labelKey: keyof RealtimeDocument[S][number] & string;
  readonly valueKey: keyof RealtimeDocument[S][number] & string;
}

const unchanged = (label: string): string => label;

export const BREAKDOWNS: { readonly [S in BreakdownSection]: BreakdownOf<S> } = {
  activePages: { title: "Active pages", labelKey: "path", valueKey: "visitors", format: plainLabel, paths: true },
  sources: { title: "Sources", labelKey: "source", valueKey: "visitors", format: plainLabel },
  campaigns: { title: "Campaigns", labelKey: "campaign", valueKey: "visitors", format: plainLabel },
  locations: { title: "Countries", labelKey: "country", valueKey: "visitors", format: countryName },
  devices: { title: "Devices", labelKey: "device", valueKey: "visitors", format: deviceName },
  browsers: { title: "Browsers", labelKey: "browser", valueKey: "visitors", format: plainLabel },
  operatingSystems: { title: "Operating systems", labelKey: "os", valueKey: "visitors", format: plainLabel },
  regions: { title: "Regions", labelKey: "region", valueKey: "visitors", format: plainLabel },
  cities: { title: "Cities", labelKey: "city", valueKey: "visitors", format: plainLabel },
  events: { title: "Events", labelKey: "name", valueKey: "count", format: unchanged },
  goals: { title: "Goals", labelKey: "name", valueKey: "completions", format: unchanged },
};

/** The section of a report that holds a breakdown's rows. */
export type StatsSection =
  | "pages"
  | "entryPages"
  | "exitPages"
  | Exclude<BreakdownSection, "activePages">;

interface StatsBreakdownOf<S extends StatsSection> extends Breakdown {
  readonly labelKey: keyof StatsDocument[S][number] & string;
  readonly valueKey: keyof StatsDocument[S][number] & string;
}

function completions(row: object): string {
  const goal = row as StatsGoalRow;
  return `${formatNumber(goal.completions)} · ${formatShare(goal.conversionRate)}`;
}

const { activePages, goals, ...others } = BREAKDOWNS;

/** The breakdowns of a report. */
export const STATS_BREAKDOWNS: { readonly [S in StatsSection]: StatsBreakdownOf<S> } = {
  ...others,
  pages: { ...activePages, title: "Pages" },
  entryPages: { title: "Entry pages", labelKey: "path", valueKey: "visits", format: plainLabel, paths: true },
  exitPages: { title: "Exit pages", labelKey: "path", valueKey: "visits", format: plainLabel, paths: true },
  goals: { ...goals, formatValue: completions },
};
