/** The live protocol: the messages that the server sends. */

import type { RealtimeDocument } from "./protocol.generated.js";

export type * from "./protocol.generated.js";

/** A place in a live channel. Versions can be compared only within one epoch. */
export interface Position {
  readonly epoch: string;
  readonly version: number;
}

/** A row of the activity feed. */
export type RecentEvent = RealtimeDocument["recentEvents"][number];
export type RecentEventType = RecentEvent["type"];

/** The whole document. */
export type Snapshot<D> = { readonly type: "snapshot"; readonly position: Position } & D;
/** Only the sections that changed. */
export type Update<D> = {
  readonly type: "update";
  readonly position: Position;
  /** True when `recentEvents` replaces the feed. Otherwise its rows go before the current ones. */
  readonly feedReset?: boolean;
} & Partial<D>;
/** Only the time has changed. Ticks show that the connection is alive. */
export type Tick = { readonly type: "tick"; readonly position: Position; readonly asOf: string };
export type LiveMessage<D> = Snapshot<D> | Update<D> | Tick;
