/** A stand-in for the server: hands out sockets and answers, speaks real messages. */

import { afterEach, beforeEach, vi } from "vitest";
import type { LiveMessage, RealtimeDocument } from "../src/index.js";
import { realtimeDocument } from "./documents.js";

export class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  open = true;

  constructor(readonly url: string) {}

  send(message: LiveMessage<RealtimeDocument>): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  snapshot(version = 1, changes: Partial<RealtimeDocument> = {}): void {
    const position = { epoch: "e", version };
    this.send({ type: "snapshot", position, ...realtimeDocument(changes) });
  }

  fail(code: number, reason = ""): void {
    this.open = false;
    this.onclose?.({ code, reason });
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
  /** Answers requests from now on. */
  answer: (url: string) => Response | Promise<Response>;
}

/**
 * For each test of a file: a server anew in the place of WebSocket and fetch, and timers that stand
 * still, at `now` where it is given. Afterwards all is as it was.
 */
export function fakeServer(now?: number): FakeServer {
  const sockets: FakeSocket[] = [];
  const server: FakeServer = {
    sockets,
    requests: [],
    get socket() {
      const last = sockets.at(-1);
      if (!last) throw new Error("Nobody has connected.");
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

/** An answer whose body the test writes piece by piece. */
export function openStream(): { response: Response; write(text: string): void; end(): void } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    response: new Response(readable),
    write: (text) => void writer.write(new TextEncoder().encode(text)),
    end: () => void writer.close(),
  };
}
