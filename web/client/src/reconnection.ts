/** How a live client reconnects: how long it waits, and which transport it tries next. */

import { type TransportName, TRANSPORTS } from "./transports/transport.js";

const FIRST_DELAY = 500;
const GROWTH = 1.5;
const MAX_DELAY = 15_000;

/**
 * Milliseconds to wait before retry `attempt` (1 is the first). The delay grows up to a maximum.
 * Its upper half is random, so that the clients of a restarted server do not all return at once.
 */
export function backoff(attempt: number): number {
  const ceiling = Math.min(MAX_DELAY, FIRST_DELAY * GROWTH ** (attempt - 1));
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}

/** A transport that has worked before is replaced after this many failures in a row. */
const MAX_FAILURES = 5;

/**
 * Chooses the transport. A transport that never connected is replaced by the next one at once. A
 * transport that has worked is kept through short outages.
 */
export class TransportFallback {
  readonly #names: readonly TransportName[];
  #index = 0;
  #hasWorked = false;
  #failures = 0;

  /** `names` are the transports to try, best first. */
  constructor(names: readonly TransportName[] = TRANSPORTS) {
    this.#names = names;
  }

  get current(): TransportName {
    return this.#names[this.#index] as TransportName;
  }

  get isBest(): boolean {
    return this.#index === 0;
  }

  get isLast(): boolean {
    return this.#index === this.#names.length - 1;
  }

  succeeded(): void {
    this.#hasWorked = true;
    this.#failures = 0;
  }

  /** Returns true when the next transport was not tried yet in this round, so no wait is needed. */
  failed(reachedServer: boolean): boolean {
    if (reachedServer) return false;
    this.#failures += 1;
    if (this.#hasWorked && this.#failures < MAX_FAILURES) return false;
    return this.next();
  }

  /** Goes on to the next transport, after the last to the first. Returns the same as `failed`. */
  next(): boolean {
    this.#hasWorked = false;
    this.#index = (this.#index + 1) % this.#names.length;
    return this.#index !== 0;
  }

  /** Goes back to the best transport. */
  reset(): void {
    this.#index = 0;
    this.#hasWorked = false;
    this.#failures = 0;
  }
}
