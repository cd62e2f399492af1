import { endpoint, site } from "./options";
import { safe } from "./safe";
import { url } from "./url";

export type EventType = "pageview" | "event" | "outbound" | "ping" | "leave";
export type Scalar = string | number | boolean;
export type Props = Record<string, Scalar>;

/** The fields that not every event has; see the protocol's page in the docs. */
interface Fields {
  r?: string | undefined;
  t?: string;
  sw?: number;
  sh?: number;
  p?: Props;
}

/** The id of the running visible stretch of this tab. Lives in memory only. */
let sid: string;

export const renewSid = (): void => {
  sid = randomId();
};

/** Report one thing. Never waits; what the server refuses for now is said once more. */
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
  // A page on its way out may not live to see a promise settle.
  if (type != "leave" || !beacon(body)) post(body, !signal);
}

const randomId = (): string => crypto.getRandomValues(new Uint32Array(4)).join("");

const beacon = (body: string): boolean => navigator.sendBeacon?.(endpoint, body);

/** A string body goes as text/plain: no preflight, from any origin. */
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
    beacon(body); // The page took fetch away, or broke it.
  }
}
