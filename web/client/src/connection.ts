/** The state of a live connection, as a page can show it. */

import type { TransportName } from "./transports/transport.js";

/**
 * - `connecting`: no message has arrived yet.
 * - `live`: the data is current.
 * - `reconnecting`: the connection was lost a moment ago.
 * - `stale`: no message has arrived for too long; the data is as old as `since`.
 * - `paused`: the tab is hidden.
 * - `refused`: the server does not accept this client; see `code` and `reason`.
 * - `stopped`: not started, or stopped by its owner.
 */
export type ConnectionStatus =
  | "connecting"
  | "live"
  | "reconnecting"
  | "stale"
  | "paused"
  | "refused"
  | "stopped";

export interface Connection {
  readonly status: ConnectionStatus;
  /** The transport in use, or the one that is being tried. */
  readonly transport: TransportName | null;
  /** While it is not live: when the last message arrived, in ms since the epoch, if one did. */
  readonly since: number | null;
  /** The WebSocket close code of the last loss or refusal. */
  readonly code: number | null;
  /** Why the connection was lost or refused, as a sentence for a person. */
  readonly reason: string | null;
}

/** A connection that was never opened. */
export const STOPPED: Connection = {
  status: "stopped",
  transport: null,
  since: null,
  code: null,
  reason: null,
};
