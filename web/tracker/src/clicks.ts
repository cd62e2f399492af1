import { on } from "./safe";
import { send, type Props } from "./send";

const PROP = "data-footfall-prop-";

/** Reports clicks on links to other sites and on elements with `data-footfall-event`. */
export function trackClicks(): void {
  on(document, "click", clicked);
  on(document, "auxclick", clicked);
}

function clicked(event: MouseEvent): void {
  if (event.button > 1) return; // A right click opens a menu and follows no link.
  for (const node of event.composedPath() as HTMLAnchorElement[]) {
    const name = node.dataset?.footfallEvent;
    if (name) send("event", { p: { ...propsOf(node), name } });
    if (/^http/.test(node.protocol) && node.host != location.host)
      send("outbound", { p: { url: node.href } });
  }
}

function propsOf(element: Element): Props {
  const props: Props = {};
  for (const { name, value } of element.attributes)
    if (name.startsWith(PROP)) props[name.slice(PROP.length)] = value;
  return props;
}
