/**
 * How many columns hold `count` tiles so that each has about the form of the screen: the fewest
 * empty places of the two that come near it.
 */
export function columnsFor(count: number): number {
  const square = Math.max(1, Math.ceil(Math.sqrt(count)));
  const empty = (columns: number): number => Math.ceil(count / columns) * columns - count;
  return empty(square + 1) < empty(square) ? square + 1 : square;
}
