/** What the script tag says. */

/** `data-site` */
export let site: string | undefined;

/** `data-endpoint`; a relative one is relative to the script, not to the page around it. */
export let endpoint: string;

/** `data-hash`: the fragment names the page (`/#/docs` is `/docs`), as hash routers have it. */
export let hashRouted: boolean;

/** DNT or GPC is on, and no `data-honour-dnt="false"` overrules it. */
export let optedOut: boolean;

/** Only while the script is first run can the browser tell which tag it came from. */
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
