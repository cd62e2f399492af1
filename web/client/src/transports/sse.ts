import { formatPosition, streamUrl } from "../config.js";
import { closureOf, get } from "./http.js";
import { channelClosure, decode, type OpenTransport } from "./transport.js";

/**
 * The channel as server-sent events. It uses fetch instead of EventSource, because fetch can send
 * the token in a header and can read the status of a refusal.
 */
export const openEventStream: OpenTransport = (endpoint, position, events) => {
  const abort = new AbortController();
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (position) headers["Last-Event-ID"] = formatPosition(position);

  const read = async (): Promise<void> => {
    const response = await get(endpoint, streamUrl(endpoint), headers, abort.signal);
    if (!response.body) throw new TypeError("The stream has no body.");
    const push = eventParser((data) => {
      if (!abort.signal.aborted) events.message(decode(data));
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      push(chunk.value);
    }
    throw new TypeError("The stream ended.");
  };

  read().catch((error: unknown) => {
    if (!abort.signal.aborted) events.closed(channelClosure(closureOf(error)));
  });
  return () => abort.abort();
};

/** Parses a text/event-stream, which may be cut into chunks anywhere, into the data of its events. */
function eventParser(deliver: (data: string) => void): (chunk: string) => void {
  let rest = "";
  let data: string[] = [];
  return (chunk) => {
    // A CR at the end may be half of a CRLF, so it is kept for the next chunk.
    const text = rest + chunk;
    const held = text.endsWith("\r") ? 1 : 0;
    const lines = text.slice(0, text.length - held).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? "") + text.slice(text.length - held);
    for (const line of lines) {
      if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
      if (line !== "" || data.length === 0) continue;
      deliver(data.join("\n"));
      data = [];
    }
  };
}
