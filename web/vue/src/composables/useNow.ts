import { onScopeDispose, type Ref, ref } from "vue";

const now = ref(Date.now());
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The current time in ms. It changes once a second, by one timer for the whole page. */
export function useNow(): Readonly<Ref<number>> {
  if (users === 0) {
    now.value = Date.now();
    timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
  }
  users += 1;
  onScopeDispose(() => {
    users -= 1;
    if (users === 0) clearInterval(timer);
  });
  return now;
}
