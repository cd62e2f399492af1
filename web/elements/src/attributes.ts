/** The attributes that say what an element shows; all elements have these. */

import type { Filter, RealtimeConfig } from "@footfall/client";
import { computed, type ComputedRef } from "vue";

const FILTERS = ["path", "country", "source", "campaign", "device", "browser", "os"] as const;

export const CONFIG = {
  site: { type: String, required: true },
  /** The server's address; the one this script came from when left out. */
  server: String,
  /** A read token of the site; left out for public sites. */
  token: String,
  minutes: Number,
  limit: Number,
  path: String,
  country: String,
  source: String,
  campaign: String,
  device: String,
  browser: String,
  os: String,
} as const;

export type Attributes = { readonly site: string } & {
  readonly [K in "server" | "token" | (typeof FILTERS)[number]]?: string | undefined;
} & { readonly [K in "minutes" | "limit"]?: number | undefined };

const SCRIPT_ORIGIN = new URL(import.meta.url).origin;

export function useConfig(props: Attributes): ComputedRef<RealtimeConfig> {
  return computed(() => {
    const { site, server, token, minutes, limit } = props;
    const filter: Filter = Object.fromEntries(
      FILTERS.flatMap((name) => (props[name] ? [[name, props[name]]] : [])),
    );
    return {
      siteId: site,
      baseUrl: server ?? SCRIPT_ORIGIN,
      filter,
      ...(token !== undefined && { token }),
      ...(minutes !== undefined && { minutes }),
      ...(limit !== undefined && { limit }),
    };
  });
}

/** A list of words, separated by commas or spaces. */
export function words(text: string | undefined): string[] {
  return text?.split(/[\s,]+/).filter(Boolean) ?? [];
}
