import { onScopeDispose, type Ref, ref } from "vue";

/** No wider than a phone: what is long must be short there. */
export const NARROW = "(max-width: 639px)";
/** Wide enough for what a screen across the room shows; smaller ones show it as always. */
export const ROOMY = "(min-width: 1000px)";

/** Whether the screen is as `query` says. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const media = matchMedia(query);
  const matches = ref(media.matches);
  const follow = (): void => {
    matches.value = media.matches;
  };
  media.addEventListener("change", follow);
  onScopeDispose(() => media.removeEventListener("change", follow));
  return matches;
}
