import { hashRouted } from "./options";

/** The page's URL as it is reported. */
export function url(): string {
  const { href, origin, pathname, search, hash } = location;
  return hashRouted && hash
    ? origin + pathname.replace(/\/$/, "") + hash.replace(/^#!?\/?([^?]*).*/, "/$1") + search
    : href;
}

/** What makes it another page: not the query, and the fragment only for a hash router. */
export const pageOf = (address: string): string => address.split(/[?#]/)[0]!;
