import type { Ref } from "vue";
import { call, type Site, sitePath } from "../api.js";
import { useSubmit, type UseSubmitReturn } from "../composables/useSubmit.js";

export interface UseSiteFormReturn {
  readonly form: UseSubmitReturn;
  /** Sends the changed fields, and puts the server's answer into `site`. */
  save(changes: Partial<Site>): void;
}

/** A form that changes a site. */
export function useSiteForm(site: Ref<Site>): UseSiteFormReturn {
  const form = useSubmit();
  function save(changes: Partial<Site>): void {
    void form.submit(async () => {
      const path = sitePath(site.value.id);
      site.value = await call<Site>(path, { method: "PATCH", body: changes });
    });
  }
  return { form, save };
}
