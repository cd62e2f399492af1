import { onScopeDispose, type Ref, ref } from "vue";

/** Whether the page is no wider than a phone: what is long must be short there. */
export function useNarrow(): Readonly<Ref<boolean>> {
  const query = matchMedia("(max-width: 639px)");
  const narrow = ref(query.matches);
  const follow = (): void => {
    narrow.value = query.matches;
  };
  query.addEventListener("change", follow);
  onScopeDispose(() => query.removeEventListener("change", follow));
  return narrow;
}
