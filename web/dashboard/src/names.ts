/** The order of names, and the search in them. */

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** "Site 2" comes before "Site 10". */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}

/** A test for names (and ids) that contain what the reader typed. */
export function searching(typed: string): (...texts: readonly string[]) => boolean {
  const wanted = typed.trim().toLocaleLowerCase();
  return (...texts) => texts.some((text) => text.toLocaleLowerCase().includes(wanted));
}
