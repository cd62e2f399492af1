/** What the builds have in common. */

import { fileURLToPath } from "node:url";

/** The folder of the files that the server hands out. */
export const STATIC = fileURLToPath(new URL("../src/footfall/http/static", import.meta.url));

/** Vue features that neither the dashboard nor the elements use; without them Vue is smaller. */
export const VUE_FLAGS = {
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};
