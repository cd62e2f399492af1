/**
 * The number of columns for `count` tiles that have about the shape of the screen. Of the two
 * numbers that come near it, this is the one with fewer empty places.
 */
export function columnsFor(count: number): number {
  const square = Math.max(1, Math.ceil(Math.sqrt(count)));
  const empty = (columns: number): number => Math.ceil(count / columns) * columns - count;
  return empty(square + 1) < empty(square) ? square + 1 : square;
}
