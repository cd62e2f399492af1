import type { TransportName } from "./transport.js";

/** So many failures in a row, and a transport that once worked is doubted again. */
const DOUBT_AFTER = 5;

/**
 * Which transport to try next, best first. One that nothing got through gives way to the next;
 * one that has worked is kept through outages.
 */
export class TransportLadder {
  readonly #names: readonly TransportName[];
  #rung = 0;
  #proven = false;
  #failures = 0;

  constructor(names: readonly TransportName[]) {
    this.#names = names;
  }

  get current(): TransportName {
    return this.#names[this.#rung] as TransportName;
  }

  get isBest(): boolean {
    return this.#rung === 0;
  }

  worked(): void {
    this.#proven = true;
    this.#failures = 0;
  }

  /** Returns true when a transport not yet tried in this round is next: no need to wait for it. */
  failed(reached: boolean): boolean {
    if (reached) return false;
    this.#failures += 1;
    if (this.#proven && this.#failures < DOUBT_AFTER) return false;
    this.#proven = false;
    this.#rung = (this.#rung + 1) % this.#names.length;
    return this.#rung !== 0;
  }

  /** Back to the best one, for another try. */
  restart(): void {
    this.#rung = 0;
    this.#proven = false;
    this.#failures = 0;
  }
}
