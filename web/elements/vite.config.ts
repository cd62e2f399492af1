import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { SOURCE, STATIC, VUE_FLAGS } from "../vite.shared.ts";

/** The script's name, and the folder of the chunks that it loads later. */
const NAME = "footfall-elements";

/** Other builds share the static folder, so only chunks of an earlier elements build go. */
function removeOldChunks(): Plugin {
  return {
    name: "remove-old-chunks",
    writeBundle(_options, bundle) {
      for (const file of readdirSync(`${STATIC}/${NAME}`)) {
        if (!bundle[`${NAME}/${file}`]) rmSync(`${STATIC}/${NAME}/${file}`);
      }
    },
  };
}

/** One module script, beside the other static files, or for `--mode package` in the npm package. */
export default defineConfig(({ mode }) => {
  const isPackage = mode === "package";
  return {
    root: import.meta.dirname,
    base: "./",
    resolve: SOURCE,
    plugins: [vue({ features: { customElement: true } }), !isPackage && removeOldChunks()],
    define: VUE_FLAGS,
    build: {
      outDir: isPackage ? "dist" : STATIC,
      emptyOutDir: isPackage,
      sourcemap: isPackage,
      target: "es2022",
      // For older browsers Vite emulates light-dark(), which would not follow the page's color-scheme.
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
  };
});
