/** The two live documents: one site's window, and the overview of all sites. */

import { applyOverview, applyRealtime } from "./apply.js";
import {
  DEFAULT_LIMIT,
  overviewEndpoint,
  type RealtimeConfig,
  realtimeEndpoint,
  type ServerConfig,
} from "./config.js";
import { LiveClient, type LiveOptions } from "./live.js";
import type { OverviewDocument, RealtimeDocument } from "./protocol.js";

/** One site's window, kept current. */
export class RealtimeClient extends LiveClient<RealtimeDocument> {
  constructor(config: RealtimeConfig, options?: LiveOptions) {
    const limit = config.limit ?? DEFAULT_LIMIT;
    super(realtimeEndpoint(config), (held, message) => applyRealtime(held, message, limit), options);
  }
}

/** Every site the reader may see, kept current. */
export class OverviewClient extends LiveClient<OverviewDocument> {
  constructor(config: ServerConfig, options?: LiveOptions) {
    super(overviewEndpoint(config), applyOverview, options);
  }
}
