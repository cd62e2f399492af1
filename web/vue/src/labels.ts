/** Words for what the documents hold. */

/** The row of all that did not fit the server's table: no filter can name it. */
export const OTHER = "(other)";

const numbers = new Intl.NumberFormat(undefined, { numberingSystem: "latn" });

/** "1,234", separated as in the reader's language. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

let regions: Intl.DisplayNames | null | undefined;

/** "DE" → "Germany" in the reader's language; what is no country code stays as it is. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return plainLabel(code);
  regions ??= new Intl.DisplayNames(undefined, { type: "region", fallback: "code" });
  return regions.of(code) ?? code;
}

/** "(unknown)" → "Unknown", "(other)" → "Other"; every other label stays as it is. */
export function plainLabel(label: string): string {
  if (label === "(unknown)") return "Unknown";
  return label === OTHER ? "Other" : label;
}

/** "mobile" → "Mobile". */
export function deviceName(device: string): string {
  const plain = plainLabel(device);
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** "now", "12s", "3m", "1h": how long ago, in as few letters as will do. */
export function ago(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return `${Math.floor(seconds / 3600)}h`;
}

// Made once: a formatter takes a hundred times as long to make as to use.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** "2026-01-15T10:26" → "11:26" in the reader's time zone. */
export function minuteTime(minute: string): string {
  return clock.format(new Date(`${minute}:00Z`));
}

export function count(value: number, one: string, many: string): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}
