import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { SOURCE } from "../vite.shared.ts";

/** Modules import their own styles, so that an app needs no line for them. */
function importStyles(): Plugin {
  return {
    name: "import-styles",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        const folder = "../".repeat(chunk.fileName.split("/").length - 1) || "./";
        // On the first line, so that the source map stays right.
        const imports = [...(chunk.viteMetadata?.importedCss ?? [])].map((file) => `import"${folder}${file}";`);
        chunk.code = imports.join("") + chunk.code;
      }
    },
  };
}

/** One module for each source, so that an app bundles what it uses. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), importStyles()],
  resolve: SOURCE,
  build: {
    target: "es2022",
    sourcemap: true,
    minify: false,
    cssCodeSplit: true,
    // For older browsers Vite emulates light-dark(), which would not follow the page's color-scheme.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: "src/index.ts", formats: ["es"] },
    rollupOptions: {
      external: /^[^./\0]/,
      output: { preserveModules: true, preserveModulesRoot: "src", entryFileNames: "[name].js" },
    },
  },
  test: { environment: "happy-dom" },
});
