import { hashRouted } from "./options";

/** The URL of the current page, as it is reported. */
export function url(): string {
  const { href, origin, pathname, search, hash } = location;
  return hashRouted && hash
    ? origin + pathname.replace(/\/$/, "") + hash.replace(/^#!?\/?([^?]*).*/, "/$1") + search
    : href;
}

/** The part of a URL that identifies a page: without the query and the fragment. */
export const pageOf = (address: string): string => address.split(/[?#]/)[0]!;
