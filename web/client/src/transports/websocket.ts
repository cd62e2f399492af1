import { socketUrl } from "../config.js";
import { decode, type OpenTransport, socketClosure, unreachable } from "./transport.js";

/** The channel's WebSocket. The server accepts before it refuses, so the close code is readable. */
export const openWebSocket: OpenTransport = (endpoint, position, events) => {
  let ended = false;
  let socket: WebSocket;
  try {
    socket = new WebSocket(socketUrl(endpoint, position));
  } catch (error) {
    // A page's security policy, or a runtime without WebSocket: the next transport may do.
    queueMicrotask(() => {
      if (!ended) events.closed(unreachable(String(error)));
    });
    return () => {
      ended = true;
    };
  }
  socket.onmessage = ({ data }) => {
    if (!ended) events.message(decode(String(data)));
  };
  socket.onclose = ({ code, reason }) => {
    if (ended) return;
    ended = true;
    events.closed(socketClosure(code, reason));
  };
  return () => {
    ended = true;
    socket.close(1000);
  };
};
