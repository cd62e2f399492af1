import { safe, on } from "./safe";
import { send } from "./send";
import { pageOf, url } from "./url";

let referrer = document.referrer;
let current: string | undefined;

/** Report the page that is shown now. */
export function view(): void {
  current = url();
  send("pageview", {
    r: referrer || undefined,
    t: document.title.slice(0, 2e3), // A longer one would be refused.
    sw: screen.width,
    sh: screen.height,
  });
}

/** Follow moves that load no document: the History API and the fragment. */
export function followMoves(): void {
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      later();
    };
  }
  on(window, "popstate", later);
}

/** Routers set the title after they moved, and may move twice in a row. */
const later = () => setTimeout(safe(moved));

function moved(): void {
  if (current && pageOf(current) != pageOf(url())) {
    referrer = current;
    view();
  }
}
