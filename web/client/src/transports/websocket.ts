import { socketUrl } from "../config.js";
import {
  ABNORMAL_CLOSURE,
  decode,
  type OpenTransport,
  socketClosure,
  type TransportEvents,
  unreachable,
} from "./transport.js";

/** The channel as a WebSocket. The server accepts before it refuses, so a page can read the code. */
export const openWebSocket: OpenTransport = (endpoint, position, events) =>
  openSocket(socketUrl(endpoint, position), events);

/** A WebSocket; `opened` gets it once it can send. */
export function openSocket(
  url: string,
  events: TransportEvents,
  opened?: (socket: WebSocket) => void,
): () => void {
  let ended = false;
  let socket: WebSocket;
  try {
    socket = new WebSocket(url);
  } catch (error) {
    // The runtime has no WebSocket, or an https page may not use ws. Another may work.
    queueMicrotask(() => {
      if (!ended) events.closed(unreachable(String(error)));
    });
    return () => {
      ended = true;
    };
  }
  socket.onopen = () => opened?.(socket);
  socket.onmessage = ({ data }) => {
    if (!ended) events.message(decode(String(data)));
  };
  const end = (code: number, reason: string): void => {
    if (ended) return;
    ended = true;
    events.closed(socketClosure(code, reason));
  };
  socket.onclose = ({ code, reason }) => end(code, reason);
  // Chromium tells of no close where the page's security policy forbids the connection.
  socket.onerror = () => end(ABNORMAL_CLOSURE, "");
  return () => {
    ended = true;
    socket.close(1000);
  };
}
