/** The lists of a site's page: which, in which order, and in whose words. */

import type { RealtimeDocument } from "@footfall/client";
import { countryName, deviceName, plainLabel } from "@footfall/vue";

export interface Breakdown {
  readonly id: string;
  readonly title: string;
  readonly items: readonly { readonly label: string; readonly value: number }[];
  readonly format: (label: string) => string;
}

const asIs = (label: string): string => label;

/** The breakdowns of the people who are here, the large ones. */
export function mainBreakdowns(document: RealtimeDocument | null): readonly Breakdown[] {
  return [
    {
      id: "active-pages",
      title: "Active pages",
      items: (document?.activePages ?? []).map((row) => ({ label: row.path, value: row.visitors })),
      format: plainLabel,
    },
    {
      id: "sources",
      title: "Sources",
      items: (document?.sources ?? []).map((row) => ({ label: row.source, value: row.visitors })),
      format: plainLabel,
    },
    {
      id: "locations",
      title: "Countries",
      items: (document?.locations ?? []).map((row) => ({ label: row.country, value: row.visitors })),
      format: countryName,
    },
  ];
}

/** Their devices, and what they did. */
export function smallBreakdowns(document: RealtimeDocument | null): readonly Breakdown[] {
  return [
    {
      id: "devices",
      title: "Devices",
      items: (document?.devices ?? []).map((row) => ({ label: row.device, value: row.visitors })),
      format: deviceName,
    },
    {
      id: "browsers",
      title: "Browsers",
      items: (document?.browsers ?? []).map((row) => ({ label: row.browser, value: row.visitors })),
      format: plainLabel,
    },
    {
      id: "events",
      title: "Events",
      items: (document?.events ?? []).map((row) => ({ label: row.name, value: row.count })),
      format: asIs,
    },
    {
      id: "goals",
      title: "Goals",
      items: (document?.goals ?? []).map((row) => ({ label: row.name, value: row.completions })),
      format: asIs,
    },
  ];
}
