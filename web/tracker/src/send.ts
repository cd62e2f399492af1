import { endpoint, site } from "./options";
import { safe } from "./safe";
import { url } from "./url";

type EventType = "pageview" | "event" | "outbound" | "ping" | "leave";
type Scalar = string | number | boolean;
export type Props = Record<string, Scalar>;

/** The fields that only some events have. The docs describe them on the page about the protocol. */
interface Fields {
  r?: string | undefined;
  t?: string;
  sw?: number;
  sh?: number;
  p?: Props;
}

/** The id of the current visible stretch of this tab. It is kept only in memory. */
let sid: string;

export const renewSid = (): void => {
  sid = randomId();
};

/** Sends one event without waiting. If the server refuses it for now, it is sent once more. */
export function send(type: EventType, fields?: Fields): void {
  const signal = type == "ping" || type == "leave";
  const body = JSON.stringify({
    s: site,
    e: type,
    u: url(),
    sid,
    id: signal ? undefined : randomId(),
    ...fields,
  });
  // A page that is being closed may not see a promise settle, so a leave goes as a beacon.
  if (type != "leave" || !beacon(body)) post(body, !signal);
}

const randomId = (): string => crypto.getRandomValues(new Uint32Array(4)).join("");

const beacon = (body: string): boolean => navigator.sendBeacon?.(endpoint, body);

/** A string body is sent as text/plain, which needs no preflight from any origin. */
function post(body: string, retry: boolean): void {
  const again = () => {
    if (retry) setTimeout(safe(post), 2e3 + Math.random() * 3e3, body, false);
  };
  try {
    fetch(endpoint, { method: "POST", body, keepalive: true, credentials: "omit" }).then(
      safe(({ status }) => (status == 429 || status > 499) && again()),
      again,
    );
  } catch {
    beacon(body); // The page has removed or broken fetch.
  }
}
