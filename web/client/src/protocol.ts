/** The live protocol: what the server sends and what a reader asks for. */

import type { RealtimeDocument } from "./protocol.generated.js";

export type * from "./protocol.generated.js";

/** A place in a live channel. Versions only compare within one epoch. */
export interface Position {
  readonly epoch: string;
  readonly version: number;
}

/** A row of the feed. */
export type RecentEvent = RealtimeDocument["recentEvents"][number];
export type RecentEventType = RecentEvent["type"];

/** The whole document. */
export type Snapshot<D> = { readonly type: "snapshot"; readonly position: Position } & D;
/** Only the keys that changed. */
export type Update<D> = {
  readonly type: "update";
  readonly position: Position;
  /** `recentEvents` replaces the feed instead of being put before it. */
  readonly feedReset?: boolean;
} & Partial<D>;
/** Nothing else happened for a while: the connection is alive, the clock moved. */
export type Tick = { readonly type: "tick"; readonly position: Position; readonly asOf: string };
export type LiveMessage<D> = Snapshot<D> | Update<D> | Tick;
