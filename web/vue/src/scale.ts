/** The scale of a chart. */

/** It never ends below this, so that the chart of a quiet site does not look busy. */
const MIN_TOP = 4;
const ROUND_FACTORS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The next round number above `value`: with round numbers the scale changes seldom. */
export function roundTop(value: number): number {
  if (value <= MIN_TOP) return MIN_TOP;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const factor = ROUND_FACTORS.find((each) => each * magnitude >= value) ?? 10;
  return Math.ceil(factor * magnitude);
}
