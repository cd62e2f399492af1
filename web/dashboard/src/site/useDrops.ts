import type { DropView } from "@footfall/client";
import { type ShallowRef, shallowRef } from "vue";
import { call, sitePath } from "../api.js";
import { usePolling } from "../composables/usePolling.js";

const POLL_MS = 2000;

/** What the server dropped of a site lately, newest first, kept current; admins only. */
export function useDrops(siteId: string): Readonly<ShallowRef<readonly DropView[]>> {
  const drops = shallowRef<readonly DropView[]>([]);
  async function read(): Promise<void> {
    try {
      drops.value = await call<DropView[]>(`${sitePath(siteId)}/drops`);
    } catch {
      // The page around says what is wrong with the server.
    }
  }
  usePolling(read, POLL_MS);
  return drops;
}
