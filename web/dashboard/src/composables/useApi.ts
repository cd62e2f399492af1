import { type ShallowRef, shallowRef } from "vue";
import { type ApiError, call, type Call } from "../api.js";

export interface UseApiReturn<T> {
  /** The answer; null until it arrives. */
  readonly data: ShallowRef<T | null>;
  /** Why the request failed; null if it did not. */
  readonly error: Readonly<ShallowRef<ApiError | null>>;
}

/** Calls the API once, when it is created. See `call` for `path` and `options`. */
export function useApi<T>(path: string, options?: Call): UseApiReturn<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  call<T>(path, options).then(
    (answer) => {
      data.value = answer;
    },
    (refusal: ApiError) => {
      error.value = refusal;
    },
  );
  return { data, error };
}
