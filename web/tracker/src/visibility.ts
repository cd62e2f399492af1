import { on, safe } from "./safe";
import { reportPageView } from "./pages";
import { renewSid, send } from "./send";

const PING_MS = 20_000;

let visible = false;

/**
 * Sends pings while the tab is visible, and a leave when it is hidden. Each visible stretch has its
 * own `sid`.
 *
 * Calls `start` when the page is visible for the first time: at once, or when a prerendered page is
 * activated, or when the reader opens a tab that was loaded in the background.
 */
export function trackVisibility(start: () => void): void {
  let shown = () => {
    shown = () => send("ping");
    start();
  };
  const show = () => {
    if (visible) return;
    visible = true;
    renewSid();
    shown();
  };
  const update = () =>
    document.hidden || (document as { prerendering?: boolean }).prerendering ? hide() : show();

  on(document, "visibilitychange", update);
  on(document, "prerenderingchange", update);
  on(window, "pagehide", hide);
  on(window, "pageshow", (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    show();
    reportPageView();
  });
  setInterval(safe(() => visible && send("ping")), PING_MS);
  update();
}

function hide(): void {
  if (!visible) return;
  visible = false;
  send("leave");
}
