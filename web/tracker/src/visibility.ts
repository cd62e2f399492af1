import { on, safe } from "./safe";
import { renewSid, send } from "./send";
import { view } from "./pages";

const PING_MS = 20_000;

let visible = false;

/**
 * Say while the tab is visible, and when it no longer is. Each visible stretch has its own `sid`.
 *
 * `start` runs when the page is first seen: at once, or when a prerendered page is activated or
 * a tab opened in the background is looked at.
 */
export function followVisibility(start: () => void): void {
  let opened = () => {
    opened = () => send("ping");
    start();
  };
  const show = () => {
    if (visible) return;
    visible = true;
    renewSid();
    opened();
  };
  const look = () =>
    document.hidden || (document as { prerendering?: boolean }).prerendering ? hide() : show();

  on(document, "visibilitychange", look);
  on(document, "prerenderingchange", look);
  on(window, "pagehide", hide);
  on(window, "pageshow", (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    show();
    view();
  });
  setInterval(safe(() => visible && send("ping")), PING_MS);
  look();
}

function hide(): void {
  if (!visible) return;
  visible = false;
  send("leave");
}
