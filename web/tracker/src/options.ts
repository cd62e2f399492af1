/** The options in the attributes of the script tag. */

/** `data-site` */
export let site: string | undefined;

/** `data-endpoint`. A relative URL is relative to the script, not to the page. */
export let endpoint: string;

/** `data-hash`: for hash routers, the fragment is the page, so that `/#/docs` counts as `/docs`. */
export let hashRouted: boolean;

/** The browser sends DNT or GPC, and `data-honour-dnt="false"` does not overrule it. */
export let optedOut: boolean;

/** Call it while the script runs first: later the browser no longer knows the script's tag. */
export function readOptions(): void {
  const { dataset, src } = document.currentScript as HTMLScriptElement;
  site = dataset.site;
  endpoint = new URL(dataset.endpoint || "collect", src || location.href).href;
  hashRouted = "hash" in dataset;
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & {
    globalPrivacyControl?: boolean;
  };
  optedOut = dataset.honourDnt != "false" && (doNotTrack == "1" || !!globalPrivacyControl);
}
