import { type Ref, shallowRef } from "vue";
import { readStorage, writeStorage } from "../storage.js";

const KEY = "footfall-pinned";

export interface UsePinnedReturn {
  /** The ids of the sites that this browser keeps at the front. */
  readonly pinned: Readonly<Ref<ReadonlySet<string>>>;
  toggle(siteId: string): void;
}

export function usePinned(): UsePinnedReturn {
  const pinned = shallowRef<ReadonlySet<string>>(new Set(readStorage(KEY)?.split(" ")));
  function toggle(siteId: string): void {
    const changed = new Set(pinned.value);
    if (!changed.delete(siteId)) changed.add(siteId);
    pinned.value = changed;
    writeStorage(KEY, changed.size > 0 ? [...changed].join(" ") : null);
  }
  return { pinned, toggle };
}
