import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const OUT = fileURLToPath(new URL("../../src/footfall/http/static", import.meta.url));
/** What the script loads later lies in a folder of its name. */
const NAME = "footfall-elements";

/** One module script beside the other files that the server hands out. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [
    vue({ features: { customElement: true } }),
    {
      name: "sweep",
      // The folder is shared with other builds: only what an earlier one of this left here goes.
      writeBundle(_options, bundle) {
        for (const file of readdirSync(`${OUT}/${NAME}`)) {
          if (!bundle[`${NAME}/${file}`]) rmSync(`${OUT}/${NAME}/${file}`);
        }
      },
    },
  ],
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
  },
  build: {
    outDir: OUT,
    emptyOutDir: false,
    target: "es2022",
    // Before these, light-dark() is emulated by a color-scheme of one's own: here it is the page's.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    rollupOptions: {
      input: fileURLToPath(new URL("src/main.ts", import.meta.url)),
      output: {
        entryFileNames: `${NAME}.js`,
        chunkFileNames: `${NAME}/[name]-[hash].js`,
      },
    },
  },
  test: {
    environment: "happy-dom",
  },
});
