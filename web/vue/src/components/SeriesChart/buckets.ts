/** The buckets of a report's series, as a chart shows them. */

import type { StatsDocument } from "@footfall/client";

const HOUR_MS = 3_600_000;
const MINUTES_LENGTH = "2026-01-15T10:30".length;

/** Times are those of the site's clock, whatever the reader's zone: they are shown as they stand. */
function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });
}
const hour = formatter({ hour: "2-digit", minute: "2-digit" });
const day = formatter({ day: "numeric", month: "short" });
const dayWithName = formatter({ weekday: "short", day: "numeric", month: "short" });
const month = formatter({ month: "short", year: "numeric" });

/** What the site's clock shows, as if it were UTC: of "2026-11", "2026-11-24" or a date and time. */
function wall(time: string): Date {
  return new Date(time.includes("T") ? `${time.slice(0, MINUTES_LENGTH)}Z` : time);
}

/** A short name of a bucket, for the axis: "14:00", "24 Nov", "Nov 2026". */
export function bucketLabel(time: string, interval: string): string {
  const format = interval === "hour" ? hour : interval === "month" ? month : day;
  return format.format(wall(time));
}

/** Its whole name: "Tue, 24 Nov, 14:00", "Week of 23 Nov". */
export function bucketName(time: string, interval: string): string {
  const at = wall(time);
  if (interval === "hour") return `${dayWithName.format(at)}, ${hour.format(at)}`;
  if (interval === "week") return `Week of ${day.format(at)}`;
  return (interval === "month" ? month : dayWithName).format(at);
}

/** The index of the bucket that is running at `asOf`; -1 when all are over or to come. */
export function runningBucket({ series, asOf, interval, timeZone, to }: StatsDocument): number {
  const now = Date.parse(asOf);
  if (interval === "hour") {
    const index = series.filter((row) => Date.parse(row.time) <= now).length - 1;
    return now - Date.parse(series[index]?.time ?? "") < HOUR_MS ? index : -1;
  }
  const today = new Date(now).toLocaleDateString("en-CA", { timeZone });
  if (to.slice(0, today.length) < today) return -1;
  return series.filter((row) => row.time <= today).length - 1;
}
