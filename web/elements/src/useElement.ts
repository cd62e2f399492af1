import type { RealtimeConfig, RealtimeDocument } from "@footfall/client";
import { useRealtime } from "@footfall/vue";
import { type ComputedRef, type ShallowRef, useHost, watchEffect } from "vue";
import { type Attributes, useConfig } from "./attributes.js";

/**
 * What an element shows, live. Its `data-state` says how the connection is, and its tooltip why
 * it is not live, so that no page shows an old number as if it were of now.
 */
export function useElement(attributes: Attributes): {
  readonly config: ComputedRef<RealtimeConfig>;
  readonly data: Readonly<ShallowRef<RealtimeDocument | null>>;
} {
  const config = useConfig(attributes);
  const { data, connection } = useRealtime(config);
  const host = useHost();
  watchEffect(() => {
    const { status, reason } = connection.value;
    host?.setAttribute("data-state", status);
    if (reason === null || status === "live") host?.removeAttribute("title");
    else host?.setAttribute("title", reason);
  });
  return { config, data };
}
