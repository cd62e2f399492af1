/** Texts for the values in the documents. */

/** The label of the row that sums up everything beyond the server's limit. No filter matches it. */
export const OTHER = "(other)";

/** The label of the row of those of whom it is not known. */
export const UNKNOWN = "(unknown)";

const numbers = new Intl.NumberFormat(undefined, { numberingSystem: "latn" });

/** "1,234", with the separators of the reader's language. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

const shares = new Intl.NumberFormat(undefined, {
  numberingSystem: "latn",
  style: "percent",
  maximumFractionDigits: 1,
});

/** 0.413 → "41.3%". */
export function formatShare(value: number): string {
  return shares.format(value);
}

/** Seconds as "42s", "2m 27s" or "1h 5m". */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${whole % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** "1 visitor", "2 visitors". */
export function plural(value: number, one: string, many: string): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}

/** Whether a row's country is an ISO 3166-1 alpha-2 code, and not "(unknown)" or "(other)". */
export function isCountryCode(country: string): boolean {
  return /^[A-Z]{2}$/.test(country);
}

let regions: Intl.DisplayNames | undefined;

/** "DE" → "Germany", in the reader's language. */
export function countryName(country: string): string {
  if (!isCountryCode(country)) return plainLabel(country);
  regions ??= new Intl.DisplayNames(undefined, { type: "region", fallback: "code" });
  return regions.of(country) ?? country;
}

/** "(unknown)" → "Unknown", "(other)" → "Other". Any other label stays as it is. */
export function plainLabel(label: string): string {
  if (label === UNKNOWN) return "Unknown";
  return label === OTHER ? "Other" : label;
}

/** "Google" → "from Google"; "Direct" stays. */
export function cameFrom(source: string): string {
  return source === "Direct" ? source : `from ${source}`;
}

/** "mobile" → "Mobile". */
export function deviceName(device: string): string {
  const plain = plainLabel(device);
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** "now", "12s", "3m" or "1h": a short form of how long ago something was. */
export function timeAgo(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return `${Math.floor(seconds / 3600)}h`;
}

// Shared, because a formatter takes a hundred times as long to create as to use.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** "2026-01-15T10:26" → "11:26", in the reader's time zone. */
export function minuteTime(minute: string): string {
  return clock.format(new Date(`${minute}:00Z`));
}
