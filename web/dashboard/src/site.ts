import { type ShallowRef, shallowRef } from "vue";
import { call, type Site, sitePath } from "./api.js";

/** What the reader may know of a site; null until then, and where they may know nothing. */
export function useSite(siteId: string, token?: string): Readonly<ShallowRef<Site | null>> {
  const site = shallowRef<Site | null>(null);
  call<Site>(sitePath(siteId), { token }).then(
    (known) => {
      site.value = known;
    },
    () => {
      // The live channel says what is wrong.
    },
  );
  return site;
}

/** A site's rules are shown to its admins only. */
export function mayAdmin(site: Site | null): boolean {
  return site?.domains !== undefined;
}
