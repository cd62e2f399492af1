import type { DropView } from "@footfall/client";
import { onScopeDispose, type ShallowRef, shallowRef } from "vue";
import { call, sitePath } from "../api.js";

const POLL_MS = 2000;

/** What the server dropped of a site lately, newest first, kept current; admins only. */
export function useDrops(siteId: string): Readonly<ShallowRef<readonly DropView[]>> {
  const drops = shallowRef<readonly DropView[]>([]);
  async function read(): Promise<void> {
    if (document.hidden) return;
    try {
      drops.value = await call<DropView[]>(`${sitePath(siteId)}/drops`);
    } catch {
      // The page around says what is wrong with the server.
    }
  }
  void read();
  const timer = setInterval(() => void read(), POLL_MS);
  onScopeDispose(() => clearInterval(timer));
  return drops;
}
