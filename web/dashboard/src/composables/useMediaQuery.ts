import { onScopeDispose, type Ref, ref } from "vue";

/** A phone, where long lists are cut. */
export const NARROW = "(max-width: 639px)";
/** Wide enough for the TV layout. Smaller screens keep the usual layout. */
export const ROOMY = "(min-width: 1000px)";

/** Whether the screen matches `query`. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const media = matchMedia(query);
  const matches = ref(media.matches);
  const update = (): void => {
    matches.value = media.matches;
  };
  media.addEventListener("change", update);
  onScopeDispose(() => media.removeEventListener("change", update));
  return matches;
}
