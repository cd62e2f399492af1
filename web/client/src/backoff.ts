const FIRST = 500;
const GROWTH = 1.5;
const LONGEST = 15_000;

/**
 * Milliseconds to wait before attempt `attempt` (1 is the first retry): growing, capped, and
 * spread over its upper half so that the readers of a restarted server do not return as one.
 */
export function backoff(attempt: number): number {
  const ceiling = Math.min(LONGEST, FIRST * GROWTH ** (attempt - 1));
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}
