import { onScopeDispose, type ShallowRef, shallowRef } from "vue";
import { searchOf, type View, viewOf } from "./location.js";

export interface UseView {
  readonly view: Readonly<ShallowRef<View>>;
  /** Also in the address. A step the Back button undoes, unless only the display changed. */
  change(part: Partial<View>): void;
}

/** The view that the address chooses, for as long as the calling scope lives. */
export function useView(): UseView {
  const view = shallowRef(viewOf(location.search));
  const read = (): void => {
    view.value = viewOf(location.search);
  };
  addEventListener("popstate", read);
  onScopeDispose(() => removeEventListener("popstate", read));

  function change(part: Partial<View>): void {
    view.value = { ...view.value, ...part };
    const address = location.pathname + searchOf(view.value) + location.hash;
    const isStep = part.filter !== undefined || part.page !== undefined;
    history[isStep ? "pushState" : "replaceState"](null, "", address);
  }

  return { view, change };
}
