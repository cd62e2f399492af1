import { type Ref, ref } from "vue";
import { ApiError } from "../api.js";

export interface UseSubmitReturn {
  readonly busy: Readonly<Ref<boolean>>;
  /** Whether the last action succeeded. */
  readonly done: Readonly<Ref<boolean>>;
  /** Why the last action failed, in the server's words; null if it did not. */
  readonly problem: Readonly<Ref<string | null>>;
  /** The field of the request that the problem is about, as in `domains[0]`; null for none. */
  readonly field: Readonly<Ref<string | null>>;
  /** Runs `action` and resolves to whether it succeeded. */
  submit(action: () => Promise<unknown>): Promise<boolean>;
}

/** The state of a form that talks to the server. */
export function useSubmit(): UseSubmitReturn {
  const busy = ref(false);
  const done = ref(false);
  const problem = ref<string | null>(null);
  const field = ref<string | null>(null);

  async function submit(action: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    done.value = false;
    problem.value = field.value = null;
    try {
      await action();
      done.value = true;
    } catch (error) {
      problem.value = error instanceof ApiError ? error.message : String(error);
      field.value = error instanceof ApiError ? error.field : null;
    } finally {
      busy.value = false;
    }
    return done.value;
  }

  return { busy, done, problem, field, submit };
}
