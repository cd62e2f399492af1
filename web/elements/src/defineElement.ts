/** What all elements have in common: their attributes, their view, and how they show its state. */

import { FILTER_KEYS, type FilterKey, type RealtimeConfig, type RealtimeDocument } from "@footfall/client";
import { useProblem, useRealtime } from "@footfall/vue";
import {
  type ComponentObjectPropsOptions,
  computed,
  type ComputedRef,
  effectScope,
  type ExtractPropTypes,
  type ShallowRef,
  useHost,
  type VNodeChild,
  watchEffect,
} from "vue";

/** The attributes that say which view an element shows. */
const ATTRIBUTES = {
  site: String,
  /** The server's URL. Default: the server that this script came from. */
  server: String,
  /** A read token of the site. Public sites need none. */
  token: String,
  minutes: Number,
  limit: Number,
  /** What the element is called for screen readers. Default: by what it shows. */
  ariaLabel: String,
  ...Object.fromEntries(FILTER_KEYS.map((key) => [key, String])),
};

type Attributes = {
  readonly [K in "site" | "server" | "token" | "ariaLabel" | FilterKey]?: string | undefined;
} & { readonly [K in "minutes" | "limit"]?: number | undefined };

const NO_SITE = 'This element needs a site: site="my-site".';

interface View {
  readonly config: ComputedRef<RealtimeConfig>;
  readonly data: Readonly<ShallowRef<RealtimeDocument | null>>;
  /** Why there is nothing to show; null if there is, or may be any moment. */
  readonly problem: ComputedRef<string | null>;
  /** The element's own `aria-label`, as an attribute for what it shows. */
  named(): Record<string, string>;
}

/**
 * The component of an element. `own` are the attributes that only this element has. `setup` gets
 * the element's view, kept current, and returns a render function.
 */
export function defineElement<P extends ComponentObjectPropsOptions>(
  own: P,
  setup: (view: View, props: Readonly<ExtractPropTypes<P>>) => () => VNodeChild,
): object {
  return {
    inheritAttrs: false,
    props: { ...ATTRIBUTES, ...own },
    setup: (props: Attributes & ExtractPropTypes<P>) => {
      const [host, scope] = [useHost(), effectScope()];
      let render: (() => VNodeChild) | undefined;
      return () => {
        if (!props.site) return NO_SITE;
        render ??= scope.run(() => setup(useView(props, host), props));
        return render?.();
      };
    },
  };
}

/**
 * The view that the attributes select. The element's `data-state` is the status of its connection.
 * While it is not live, the tooltip says why, so that no page shows an old number as a current one.
 */
function useView(attributes: Attributes, host: HTMLElement | null): View {
  const config = computed(() => configOf(attributes));
  const { data, connection } = useRealtime(config);
  watchEffect(() => {
    const { status, reason } = connection.value;
    host?.setAttribute("data-state", status);
    if (reason === null || status === "live") host?.removeAttribute("title");
    else host?.setAttribute("title", reason);
  });
  const named = (): Record<string, string> =>
    attributes.ariaLabel === undefined ? {} : { "aria-label": attributes.ariaLabel };
  return { config, data, problem: useProblem(data, connection), named };
}

const SCRIPT_ORIGIN = new URL(import.meta.url).origin;

function configOf(attributes: Attributes): RealtimeConfig {
  const { site, server, token, minutes, limit } = attributes;
  const filter = Object.fromEntries(FILTER_KEYS.map((key) => [key, attributes[key]]));
  // An option that is undefined counts as left out.
  return { siteId: site ?? "", baseUrl: server ?? SCRIPT_ORIGIN, token, minutes, limit, filter } as RealtimeConfig;
}
