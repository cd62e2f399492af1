import { onScopeDispose, type ShallowRef, shallowRef } from "vue";
import { searchOf, type View, viewOf } from "../location.js";

export interface UseViewReturn {
  readonly view: Readonly<ShallowRef<View>>;
  /**
   * Changes a part of the view, also in the address. The Back button undoes a change of the
   * period, the filter or the page.
   */
  change(part: Partial<View>): void;
}

/** The view in the address, until the calling scope ends. */
export function useView(): UseViewReturn {
  const view = shallowRef(viewOf(location.search));
  const read = (): void => {
    view.value = viewOf(location.search);
  };
  addEventListener("popstate", read);
  onScopeDispose(() => removeEventListener("popstate", read));

  function change(part: Partial<View>): void {
    view.value = { ...view.value, ...part };
    const address = location.pathname + searchOf(view.value) + location.hash;
    const isStep =
      part.filter !== undefined || part.page !== undefined || part.period !== undefined;
    history[isStep ? "pushState" : "replaceState"](null, "", address);
  }

  return { view, change };
}
