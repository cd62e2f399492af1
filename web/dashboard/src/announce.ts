import { onScopeDispose, type Ref, ref } from "vue";

const PAUSE_MS = 60_000;

/** What `text` says, at most once a minute: for a reader who listens. */
export function useAnnouncement(text: () => string): Readonly<Ref<string>> {
  const said = ref("");
  const timer = setInterval(() => {
    said.value = text();
  }, PAUSE_MS);
  onScopeDispose(() => clearInterval(timer));
  return said;
}
