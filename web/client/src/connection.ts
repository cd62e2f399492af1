/** What a page can say about its connection. */

import type { TransportName } from "./transports/transport.js";

/**
 * - `connecting`: nothing has come yet.
 * - `live`: the data is current.
 * - `reconnecting`: the connection was lost moments ago.
 * - `stale`: nothing has come for too long; the data is as old as `since`.
 * - `paused`: the tab is hidden.
 * - `refused`: the server will not answer this reader; see `code` and `reason`.
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
  /** The transport in use, or the one being tried. */
  readonly transport: TransportName | null;
  /** When the last message came (ms since the epoch); null before the first. */
  readonly since: number | null;
  /** Why it was lost or refused: the WebSocket close code, and words for a person. */
  readonly code: number | null;
  readonly reason: string | null;
}

/** Refusals, by close code. */
export const REFUSED = { badRequest: 4400, notAllowed: 4401, noSuchSite: 4404 } as const;

export const STOPPED: Connection = {
  status: "stopped",
  transport: null,
  since: null,
  code: null,
  reason: null,
};
