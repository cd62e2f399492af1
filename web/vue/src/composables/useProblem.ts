import type { Connection } from "@footfall/client";
import { computed, type ComputedRef, type Ref } from "vue";

/**
 * Why there is nothing to show: the server can't be reached, or refuses. Null while numbers are shown,
 * or may come any moment.
 */
export function useProblem(
  data: Readonly<Ref<object | null>>,
  connection: Readonly<Ref<Connection>>,
): ComputedRef<string | null> {
  return computed(() => {
    const { status, reason } = connection.value;
    if (status === "live" || reason === null) return null;
    return data.value === null || status === "refused" ? reason : null;
  });
}
