/** Lists as text, one entry a line. */

export function toLines(entries: readonly string[] | undefined): string {
  return (entries ?? []).join("\n");
}

export function fromLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
