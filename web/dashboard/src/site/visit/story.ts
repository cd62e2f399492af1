/** The story of a visit: its pages, each with what happened on it. */

import type { RecentEvent, VisitDocument } from "@footfall/client";

export interface Stop {
  readonly id: string;
  readonly path: string;
  readonly title: string | undefined;
  /** When it was opened, in ms. */
  readonly at: number;
  /** How long it was the page of the visit, in seconds; so far, for the last one. */
  readonly seconds: number;
  readonly acts: readonly Exclude<RecentEvent, { type: "pageview" }>[];
}

/** An act before the first page view, as of a page that was opened before, has a stop of its own. */
export function storyOf(visit: VisitDocument): Stop[] {
  const stops: (Omit<Stop, "seconds" | "acts"> & { acts: Stop["acts"][number][] })[] = [];
  for (const event of visit.events) {
    const at = Date.parse(event.timestamp);
    if (event.type === "pageview") {
      stops.push({ id: event.id, path: event.path, title: event.title, at, acts: [] });
      continue;
    }
    const last = stops.at(-1);
    if (last) last.acts.push(event);
    else stops.push({ id: event.id, path: event.path, title: undefined, at, acts: [event] });
  }
  const end = Date.parse(visit.last);
  return stops.map((stop, index) => {
    const until = stops[index + 1]?.at ?? end;
    return { ...stop, seconds: Math.max(0, Math.round((until - stop.at) / 1000)) };
  });
}
