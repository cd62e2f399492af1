/** Clients that keep a document current over a live channel. */

import { applyOverview, applyRealtime } from "./apply.js";
import {
  DEFAULT_LIMIT,
  type Endpoint,
  overviewEndpoint,
  type RealtimeConfig,
  realtimeEndpoint,
  type ServerConfig,
} from "./config.js";
import { type Connection, STOPPED } from "./connection.js";
import { watchOnline, watchVisibility } from "./pageLifecycle.js";
import type { LiveMessage, OverviewDocument, Position, RealtimeDocument } from "./protocol.js";
import { backoff, TransportFallback } from "./reconnection.js";
import { GATEWAY_SILENCE, gatewayTransport, isGateway } from "./transports/gateway.js";
import { DEFAULT_POLL_INTERVAL, pollingTransport, pollPause } from "./transports/polling.js";
import { openEventStream } from "./transports/sse.js";
import {
  type Closure,
  type OpenTransport,
  type TransportName,
  unreachable,
} from "./transports/transport.js";
import { openWebSocket } from "./transports/websocket.js";

export interface LiveOptions {
  /** Default: `auto`, which tries WebSocket, then SSE, then polling. */
  readonly transport?: "auto" | TransportName;
  /** Milliseconds between requests while polling, at least 1000. Default: 5000. */
  readonly pollInterval?: number;
  /**
   * Milliseconds without a message after which the data is stale. Default: 25000, or three poll
   * intervals if that is longer. The server sends a tick every 10 s.
   */
  readonly staleAfter?: number;
  /** Whether a hidden tab closes its connection. Default: true. */
  readonly pauseWhenHidden?: boolean;
}

export interface LiveState<D> {
  readonly data: D | null;
  readonly connection: Connection;
}

export type LiveListener<D> = (state: LiveState<D>) => void;

/** A transport without a first message after this long has failed. */
const FIRST_MESSAGE_TIMEOUT = 10_000;
/** How long a fallback transport is used before the best one is tried again. */
const UPGRADE_DELAY = 120_000;
const DEFAULT_STALE_AFTER = 25_000;

type Timer = ReturnType<typeof setTimeout>;

/**
 * Keeps one document current. Each change makes a new `state`, which every listener gets at once.
 * After a lost connection it resumes from the last position, so that no change is missed or
 * applied twice.
 */
export class LiveClient<D extends object> {
  readonly #endpoint: Endpoint;
  readonly #apply: (current: D | null, message: LiveMessage<D>) => D;
  readonly #open: Readonly<Record<TransportName, OpenTransport>>;
  readonly #fallback: TransportFallback;
  readonly #givenStaleAfter: number;
  readonly #pauseWhenHidden: boolean;
  readonly #listeners = new Set<LiveListener<D>>();
  #state: LiveState<D> = { data: null, connection: STOPPED };
  /** When the last message arrived, in ms since the epoch. */
  #heard: number | null = null;
  #pollInterval: number;
  #position: Position | null = null;
  /** The WebSocket API that the server named. */
  #gateway: string | null = null;
  #attempt = 0;
  #close: (() => void) | null = null;
  #retry: Timer | undefined;
  #silence: Timer | undefined;
  #stale: Timer | undefined;
  #upgrade: Timer | undefined;
  #unwatch: (() => void)[] = [];

  constructor(
    endpoint: Endpoint,
    apply: (current: D | null, message: LiveMessage<D>) => D,
    options: LiveOptions = {},
  ) {
    this.#pollInterval = options.pollInterval ?? DEFAULT_POLL_INTERVAL;
    this.#endpoint = endpoint;
    this.#apply = apply;
    this.#open = {
      websocket: (...channel) =>
        (this.#gateway === null ? openWebSocket : gatewayTransport(this.#gateway))(...channel),
      sse: openEventStream,
      polling: pollingTransport(() => this.#pollInterval),
    };
    const { transport = "auto" } = options;
    this.#fallback = new TransportFallback(transport === "auto" ? undefined : [transport]);
    this.#givenStaleAfter = options.staleAfter ?? DEFAULT_STALE_AFTER;
    this.#pauseWhenHidden = options.pauseWhenHidden ?? true;
  }

  get state(): LiveState<D> {
    return this.#state;
  }

  /** Milliseconds between requests while polling; counts from the next one on. */
  set pollInterval(interval: number) {
    this.#pollInterval = interval;
  }

  get #staleAfter(): number {
    const isQuiet = this.#gateway !== null && this.#fallback.current === "websocket";
    const polls = pollPause(this.#pollInterval) * 3;
    return Math.max(this.#givenStaleAfter, polls, isQuiet ? GATEWAY_SILENCE : 0);
  }

  /** Calls `listener` with every new state. Returns a function that stops this. */
  subscribe(listener: LiveListener<D>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects, also again after `stop` or a refusal. Does nothing while running. */
  start(): void {
    const { status } = this.#state.connection;
    if (status !== "stopped" && status !== "refused") return;
    this.#stopWatching();
    this.#unwatch = [watchOnline(() => this.#reconnectNow())];
    this.#connect();
    if (!this.#pauseWhenHidden) return;
    this.#unwatch.push(watchVisibility(() => this.#pause(), () => this.#resume()));
  }

  /** Closes the connection. The data stays. */
  stop(): void {
    this.#stopWatching();
    this.#disconnect();
    this.#report({ status: "stopped", code: null, reason: null });
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const transport = this.#fallback.current;
    const first = this.#state.data === null;
    const stale = this.#state.connection.status === "stale";
    if (!stale && this.#state.connection.status !== "live") {
      this.#report({ status: first ? "connecting" : "reconnecting", transport });
    }
    this.#expectMessageWithin(FIRST_MESSAGE_TIMEOUT);
    this.#close = this.#open[transport](this.#endpoint, this.#position, {
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
      // The document can no longer be updated, so the next connection asks for a snapshot.
      this.#position = null;
      this.#abandon("The server sent something this page does not understand.");
      return;
    }
    this.#position = message.position;
    this.#attempt = 0;
    this.#fallback.succeeded();
    this.#expectMessageWithin(this.#staleAfter);
    this.#expectFreshData();
    this.#scheduleUpgrade();
    this.#heard = Date.now();
    this.#publish({ data, connection: this.#live() });
  }

  /** The same object for as long as nothing but the data changes, so that a page draws only that. */
  #live(): Connection {
    const { connection } = this.#state;
    const transport = this.#fallback.current;
    if (connection.status === "live" && connection.transport === transport) return connection;
    return { status: "live", transport, since: null, code: null, reason: null };
  }

  /** Closes a transport that is open but does not work. */
  #abandon(reason: string): void {
    this.#close?.();
    this.#lost(unreachable(reason));
  }

  #lost(closure: Closure): void {
    const { code, reason } = closure;
    const goesOn = closure.nextMayWork === true && !this.#fallback.isLast;
    if (!closure.retry && !goesOn) {
      this.#disconnect();
      this.#report({ status: "refused", code, reason });
      return;
    }
    this.#close = null;
    clearTimeout(this.#silence);
    clearTimeout(this.#upgrade);
    this.#upgrade = undefined;
    const immediately =
      this.#moves(closure.gateway) ||
      (goesOn ? this.#fallback.next() : this.#fallback.failed(closure.reached));
    if (!immediately) this.#attempt += 1;
    const wait = immediately ? 0 : Math.max(backoff(this.#attempt), closure.retryAfter ?? 0);
    this.#retry = setTimeout(() => this.#connect(), wait);
    const { status } = this.#state.connection;
    this.#report({ status: status === "live" ? "reconnecting" : status, code, reason });
  }

  /** Follows the server to the WebSocket API that it names. */
  #moves(gateway: string | undefined): boolean {
    if (gateway === undefined || gateway === this.#gateway) return false;
    if (!isGateway(gateway, this.#endpoint.baseUrl)) return false;
    this.#gateway = gateway;
    this.#fallback.reset();
    return true;
  }

  /** The network is back, so the rest of the backoff is skipped. */
  #reconnectNow(): void {
    if (this.#close === null && this.#retry !== undefined) this.#connect();
  }

  #pause(): void {
    if (this.#state.connection.status === "refused") return;
    this.#disconnect();
    this.#report({ status: "paused" });
  }

  #resume(): void {
    if (this.#state.connection.status !== "paused") return;
    this.#attempt = 0;
    this.#connect();
    this.#expectFreshData();
  }

  #disconnect(): void {
    this.#close?.();
    this.#close = null;
    for (const timer of [this.#retry, this.#silence, this.#stale, this.#upgrade]) {
      clearTimeout(timer);
    }
    this.#retry = this.#upgrade = undefined;
  }

  #expectMessageWithin(milliseconds: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#abandon("The server has gone silent."), milliseconds);
  }

  #expectFreshData(): void {
    clearTimeout(this.#stale);
    this.#stale = setTimeout(() => this.#report({ status: "stale" }), this.#staleAfter);
  }

  #scheduleUpgrade(): void {
    if (this.#fallback.isBest || this.#upgrade !== undefined) return;
    this.#upgrade = setTimeout(() => {
      this.#upgrade = undefined;
      this.#close?.();
      this.#fallback.reset();
      this.#connect();
    }, UPGRADE_DELAY);
  }

  #stopWatching(): void {
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
  }

  #report(change: Partial<Connection>): void {
    this.#publish({
      data: this.#state.data,
      connection: { ...this.#state.connection, since: this.#heard, ...change },
    });
  }

  #publish(state: LiveState<D>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

/** One site's window, kept current. */
export class RealtimeClient extends LiveClient<RealtimeDocument> {
  constructor(config: RealtimeConfig, options?: LiveOptions) {
    const limit = config.limit ?? DEFAULT_LIMIT;
    super(
      realtimeEndpoint(config),
      (current, message) => applyRealtime(current, message, limit),
      options,
    );
  }
}

/** Every site that the reader may see, kept current. */
export class OverviewClient extends LiveClient<OverviewDocument> {
  constructor(config: ServerConfig, options?: LiveOptions) {
    super(overviewEndpoint(config), applyOverview, options);
  }
}
