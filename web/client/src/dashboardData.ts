/** Reading parts of a site's data once. */

import { type RealtimeConfig, realtimeEndpoint } from "./config.js";
import type { RealtimeDocument, StatsDocument } from "./protocol.js";
import { fetchStats, type StatsFilter, type StatsRequest } from "./stats.js";
import { readDocument } from "./transports/polling.js";

/** Which parts to fetch: the live document, the report of a `period`, or both. */
export interface DashboardRequest extends StatsRequest {
  readonly realtime?: boolean;
}

export interface DashboardConfig extends RealtimeConfig {
  readonly filter?: StatsFilter;
}

/** What was requested. */
export type DashboardData<R extends DashboardRequest = { realtime: true }> = (R extends {
  realtime: true;
}
  ? { readonly realtime: RealtimeDocument }
  : { readonly realtime?: RealtimeDocument }) &
  (R extends { period: string }
    ? { readonly stats: StatsDocument }
    : { readonly stats?: StatsDocument });

/** Reads what `request` names once; default: the live document. Rejects with RequestFailed. */
export async function fetchDashboardData<
  const R extends DashboardRequest = { readonly realtime: true },
>(config: DashboardConfig, request?: R): Promise<DashboardData<R>> {
  const { realtime, ...asked }: DashboardRequest = request ?? {};
  const { minutes: _, ...ofStats } = config;
  const wantsStats = asked.period !== undefined;
  const [live, stats] = await Promise.all([
    (realtime ?? !wantsStats) ? readDocument(realtimeEndpoint(config)) : undefined,
    wantsStats ? fetchStats({ ...ofStats, ...asked }) : undefined,
  ]);
  return { ...(live && { realtime: live }), ...(stats && { stats }) } as DashboardData<R>;
}
