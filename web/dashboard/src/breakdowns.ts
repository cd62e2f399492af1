/** The lists of a site's page: which, in which order, and in whose words. */

import type { RealtimeDocument } from "@footfall/client";
import { countryName, deviceName, plainLabel } from "@footfall/vue";

export interface Row {
  readonly label: string;
  readonly value: number;
}

export interface Breakdown {
  readonly id: string;
  readonly title: string;
  readonly rows: (document: RealtimeDocument) => readonly Row[];
  readonly format: (label: string) => string;
}

const asIs = (label: string): string => label;
const row = (label: string, value: number): Row => ({ label, value });

/** Where the people are, and whence they came. */
export const MAIN: readonly Breakdown[] = [
  {
    id: "active-pages",
    title: "Active pages",
    rows: ({ activePages }) => activePages.map((it) => row(it.path, it.visitors)),
    format: plainLabel,
  },
  {
    id: "sources",
    title: "Sources",
    rows: ({ sources }) => sources.map((it) => row(it.source, it.visitors)),
    format: plainLabel,
  },
  {
    id: "locations",
    title: "Countries",
    rows: ({ locations }) => locations.map((it) => row(it.country, it.visitors)),
    format: countryName,
  },
];

/** What they use, and what they did. */
export const SMALL: readonly Breakdown[] = [
  {
    id: "devices",
    title: "Devices",
    rows: ({ devices }) => devices.map((it) => row(it.device, it.visitors)),
    format: deviceName,
  },
  {
    id: "browsers",
    title: "Browsers",
    rows: ({ browsers }) => browsers.map((it) => row(it.browser, it.visitors)),
    format: plainLabel,
  },
  {
    id: "events",
    title: "Events",
    rows: ({ events }) => events.map((it) => row(it.name, it.count)),
    format: asIs,
  },
  {
    id: "goals",
    title: "Goals",
    rows: ({ goals }) => goals.map((it) => row(it.name, it.completions)),
    format: asIs,
  },
];
