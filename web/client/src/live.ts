/** Keeps one live channel: opens it, follows it, brings it back. */

import { backoff } from "./backoff.js";
import type { Endpoint } from "./config.js";
import { type Connection, STOPPED } from "./connection.js";
import type { LiveMessage, Position } from "./protocol.js";
import { TransportLadder } from "./transports/ladder.js";
import { pollingTransport } from "./transports/polling.js";
import { openEventStream } from "./transports/sse.js";
import {
  type Closure,
  type OpenTransport,
  type TransportName,
  unreachable,
} from "./transports/transport.js";
import { openWebSocket } from "./transports/websocket.js";
import { watchOnline, watchVisibility } from "./visibility.js";

export interface LiveOptions {
  /** `auto`, when left out: WebSocket, where that fails SSE, where that fails polling. */
  readonly transport?: "auto" | TransportName;
  /** Milliseconds between readings while polling. */
  readonly pollInterval?: number;
  /** Milliseconds without a message after which the data is stale; the server ticks every 10 s. */
  readonly staleAfter?: number;
  /** Whether a hidden tab lets go of its connection; true when left out. */
  readonly pauseWhenHidden?: boolean;
}

export interface LiveState<D> {
  readonly data: D | null;
  readonly connection: Connection;
}

export type LiveListener<D> = (state: LiveState<D>) => void;

/** A transport that has brought nothing for this long brings nothing. */
const FIRST_MESSAGE_WITHIN = 10_000;
/** How long to stay on a lesser transport before the best gets another chance. */
const TRY_BETTER_AFTER = 120_000;
const DEFAULT_POLL_INTERVAL = 5_000;
const DEFAULT_STALE_AFTER = 25_000;
const ALL_TRANSPORTS: readonly TransportName[] = ["websocket", "sse", "polling"];

type Timer = ReturnType<typeof setTimeout>;

/**
 * One document kept current. Every change is a new `state`, given to each listener at once.
 * After a loss it resumes from the last position, so that nothing is shown twice or missed.
 */
export class LiveClient<D extends object> {
  readonly #endpoint: Endpoint;
  readonly #apply: (held: D | null, message: LiveMessage<D>) => D;
  readonly #open: Readonly<Record<TransportName, OpenTransport>>;
  readonly #ladder: TransportLadder;
  readonly #staleAfter: number;
  readonly #pauseWhenHidden: boolean;
  readonly #listeners = new Set<LiveListener<D>>();
  #state: LiveState<D> = { data: null, connection: STOPPED };
  #position: Position | null = null;
  #attempt = 0;
  #end: (() => void) | null = null;
  #retry: Timer | undefined;
  #silence: Timer | undefined;
  #stale: Timer | undefined;
  #better: Timer | undefined;
  #unwatch: (() => void)[] = [];

  constructor(
    endpoint: Endpoint,
    apply: (held: D | null, message: LiveMessage<D>) => D,
    options: LiveOptions = {},
  ) {
    const interval = options.pollInterval ?? DEFAULT_POLL_INTERVAL;
    this.#endpoint = endpoint;
    this.#apply = apply;
    this.#open = {
      websocket: openWebSocket,
      sse: openEventStream,
      polling: pollingTransport(interval),
    };
    const { transport = "auto" } = options;
    this.#ladder = new TransportLadder(transport === "auto" ? ALL_TRANSPORTS : [transport]);
    this.#staleAfter = Math.max(options.staleAfter ?? DEFAULT_STALE_AFTER, interval * 3);
    this.#pauseWhenHidden = options.pauseWhenHidden ?? true;
  }

  get state(): LiveState<D> {
    return this.#state;
  }

  /** Calls `listener` with every state from now on. Returns how to stop that. */
  subscribe(listener: LiveListener<D>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts, or starts again after `stop` or a refusal. Does nothing while running. */
  start(): void {
    const { status } = this.#state.connection;
    if (status !== "stopped" && status !== "refused") return;
    this.#unwatchAll();
    this.#unwatch = [watchOnline(() => this.#hurry())];
    this.#connect();
    if (!this.#pauseWhenHidden) return;
    this.#unwatch.push(watchVisibility(() => this.#pause(), () => this.#wake()));
  }

  /** Lets go of the connection; the data stays. */
  stop(): void {
    this.#unwatchAll();
    this.#disconnect();
    this.#report({ status: "stopped", code: null, reason: null });
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const transport = this.#ladder.current;
    const first = this.#state.data === null;
    const stale = this.#state.connection.status === "stale";
    if (!stale && this.#state.connection.status !== "live") {
      this.#report({ status: first ? "connecting" : "reconnecting", transport });
    }
    this.#expectWithin(FIRST_MESSAGE_WITHIN);
    this.#end = this.#open[transport](this.#endpoint, this.#position, {
      message: (value) => this.#message(value),
      closed: (closure) => this.#lost(closure),
    });
  }

  #message(value: unknown): void {
    let data: D;
    const message = value as LiveMessage<D>;
    try {
      data = this.#apply(this.#state.data, message);
    } catch {
      // What is held cannot be trusted to continue: only a snapshot can help.
      this.#position = null;
      this.#drop("The server sent something this page does not understand.");
      return;
    }
    this.#position = message.position;
    this.#attempt = 0;
    this.#ladder.worked();
    this.#expectWithin(this.#staleAfter);
    this.#expectData();
    this.#wishForBetter();
    const transport = this.#ladder.current;
    const connection: Connection = {
      status: "live",
      transport,
      since: Date.now(),
      code: null,
      reason: null,
    };
    this.#publish({ data, connection });
  }

  /** Ends a transport that is open but of no use. */
  #drop(reason: string): void {
    this.#end?.();
    this.#lost(unreachable(reason));
  }

  #lost(closure: Closure): void {
    const { code, reason } = closure;
    if (!closure.retry) {
      this.#disconnect();
      this.#report({ status: "refused", code, reason });
      return;
    }
    this.#end = null;
    clearTimeout(this.#silence);
    clearTimeout(this.#better);
    this.#better = undefined;
    const atOnce = this.#ladder.failed(closure.reached);
    if (!atOnce) this.#attempt += 1;
    const wait = atOnce ? 0 : Math.max(backoff(this.#attempt), closure.retryAfter ?? 0);
    this.#retry = setTimeout(() => this.#connect(), wait);
    const { status } = this.#state.connection;
    this.#report({ status: status === "live" ? "reconnecting" : status, code, reason });
  }

  /** The network is back: no need to sit out the backoff. */
  #hurry(): void {
    if (this.#end === null && this.#retry !== undefined) this.#connect();
  }

  #pause(): void {
    if (this.#state.connection.status === "refused") return;
    this.#disconnect();
    this.#report({ status: "paused" });
  }

  #wake(): void {
    if (this.#state.connection.status !== "paused") return;
    this.#attempt = 0;
    this.#connect();
    this.#expectData();
  }

  #disconnect(): void {
    this.#end?.();
    this.#end = null;
    for (const timer of [this.#retry, this.#silence, this.#stale, this.#better]) {
      clearTimeout(timer);
    }
    this.#retry = this.#better = undefined;
  }

  #expectWithin(milliseconds: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop("The server has gone silent."), milliseconds);
  }

  #expectData(): void {
    clearTimeout(this.#stale);
    this.#stale = setTimeout(() => this.#report({ status: "stale" }), this.#staleAfter);
  }

  #wishForBetter(): void {
    if (this.#ladder.isBest || this.#better !== undefined) return;
    this.#better = setTimeout(() => {
      this.#better = undefined;
      this.#end?.();
      this.#ladder.restart();
      this.#connect();
    }, TRY_BETTER_AFTER);
  }

  #unwatchAll(): void {
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
  }

  #report(change: Partial<Connection>): void {
    this.#publish({
      data: this.#state.data,
      connection: { ...this.#state.connection, ...change },
    });
  }

  #publish(state: LiveState<D>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
