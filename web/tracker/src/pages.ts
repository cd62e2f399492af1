import { on, safe } from "./safe";
import { send } from "./send";
import { pageOf, url } from "./url";

let referrer = document.referrer;
let current: string | undefined;

/** Reports a view of the current page. */
export function reportPageView(): void {
  current = url();
  send("pageview", {
    r: referrer || undefined,
    t: document.title.slice(0, 2e3), // The server refuses longer titles.
    sw: screen.width,
    sh: screen.height,
  });
}

/** Reports page views that load no document: moves by the History API or in the fragment. */
export function trackNavigation(): void {
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      later();
    };
  }
  on(window, "popstate", later);
}

/** Runs after the router, which sets the title after a move and may move twice in a row. */
const later = () => setTimeout(safe(moved));

function moved(): void {
  if (current && pageOf(current) != pageOf(url())) {
    referrer = current;
    reportPageView();
  }
}
