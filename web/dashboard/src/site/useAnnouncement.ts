import { onScopeDispose, type Ref, ref } from "vue";

const INTERVAL_MS = 60_000;

/** The value of `text`, taken once a minute, for a screen reader to announce. */
export function useAnnouncement(text: () => string): Readonly<Ref<string>> {
  const announced = ref("");
  const timer = setInterval(() => {
    announced.value = text();
  }, INTERVAL_MS);
  onScopeDispose(() => clearInterval(timer));
  return announced;
}
