/** A fake server: it accepts sockets and answers requests with messages of the real protocol. */

import { afterEach, beforeEach, vi } from "vitest";
import type { LiveMessage, RealtimeDocument } from "../src/index.js";
import { realtimeDocument } from "./documents.js";

export class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  open = true;
  /** What the client sent. */
  readonly sent: unknown[] = [];

  constructor(readonly url: string) {}

  /** The client's own method. */
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  accept(): void {
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  tell(message: LiveMessage<RealtimeDocument>): void {
    this.say(message);
  }

  snapshot(version = 1, changes: Partial<RealtimeDocument> = {}): void {
    const position = { epoch: "e", version };
    this.tell({ type: "snapshot", position, ...realtimeDocument(changes) });
  }

  fail(code: number, reason = ""): void {
    this.open = false;
    this.onclose?.({ code, reason });
  }

  /** As Chromium does where the page's policy forbids the connection: no close follows. */
  forbid(): void {
    this.open = false;
    this.onerror?.();
  }

  close(): void {
    this.open = false;
  }
}

export interface FakeServer {
  readonly sockets: FakeSocket[];
  readonly requests: { url: string; headers: Record<string, string> }[];
  /** The newest socket. */
  readonly socket: FakeSocket;
  /** How requests are answered from now on. */
  answer: (url: string) => Response | Promise<Response>;
}

/**
 * Replaces WebSocket and fetch by a new fake server for each test of a file, and uses fake timers,
 * which start at `now` if it is given. Restores everything after each test.
 */
export function fakeServer(now?: number): FakeServer {
  const sockets: FakeSocket[] = [];
  const server: FakeServer = {
    sockets,
    requests: [],
    get socket() {
      const last = sockets.at(-1);
      if (!last) throw new Error("No client has connected.");
      return last;
    },
    answer: unreachable,
  };
  beforeEach(() => {
    vi.useFakeTimers(now === undefined ? {} : { now });
    sockets.length = 0;
    server.requests.length = 0;
    server.answer = unreachable;
    vi.stubGlobal("WebSocket", function WebSocket(url: string) {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    });
    vi.stubGlobal("fetch", async (url: string, init: { headers: Record<string, string> }) => {
      server.requests.push({ url, headers: init.headers });
      return server.answer(url);
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  return server;
}

const unreachable: FakeServer["answer"] = () => Promise.reject(new TypeError("fetch failed"));

/** A response whose body the test writes in pieces. */
export function openStream(): { response: Response; write(text: string): void; end(): void } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    response: new Response(readable),
    write: (text) => void writer.write(new TextEncoder().encode(text)),
    end: () => void writer.close(),
  };
}
