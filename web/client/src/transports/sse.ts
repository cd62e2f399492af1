import { formatPosition, streamUrl } from "../config.js";
import { closureOf, get } from "./http.js";
import { decode, type OpenTransport } from "./transport.js";

/**
 * The channel's event stream, read with fetch instead of EventSource: it can send the token as a
 * header, and sees the status of a refusal.
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
    if (!abort.signal.aborted) events.closed(closureOf(error));
  });
  return () => abort.abort();
};

/** Cuts a text/event-stream into its events' data, whatever the chunks. */
export function eventParser(deliver: (data: string) => void): (chunk: string) => void {
  let rest = "";
  let data: string[] = [];
  return (chunk) => {
    // A final CR may be half of a CRLF: it waits for the next chunk.
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
