import { type Ref, ref } from "vue";
import { ApiError } from "../api.js";

export interface UseSaving {
  readonly busy: Readonly<Ref<boolean>>;
  readonly saved: Readonly<Ref<boolean>>;
  /** What went wrong with the last action, in the server's words. */
  readonly problem: Readonly<Ref<string | null>>;
  /** Runs `action`; resolves to whether it went well. */
  save(action: () => Promise<unknown>): Promise<boolean>;
}

/** The state of a form that talks to the server. */
export function useSaving(): UseSaving {
  const busy = ref(false);
  const saved = ref(false);
  const problem = ref<string | null>(null);

  async function save(action: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    saved.value = false;
    problem.value = null;
    try {
      await action();
      saved.value = true;
    } catch (error) {
      problem.value = error instanceof ApiError ? error.message : String(error);
    } finally {
      busy.value = false;
    }
    return saved.value;
  }

  return { busy, saved, problem, save };
}
