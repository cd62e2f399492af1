/** What the builds have in common. */

import { fileURLToPath } from "node:url";
import { defaultClientConditions } from "vite";

/** The folder of the files that the server hands out. */
export const STATIC = fileURLToPath(new URL("../src/footfall/http/static", import.meta.url));

/** Packages of this workspace are taken from their sources, not from what was built of them last. */
export const SOURCE = { conditions: ["footfall-source", ...defaultClientConditions] };

/** Vue features that neither the dashboard nor the elements use; without them Vue is smaller. */
export const VUE_FLAGS = {
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};
