import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { STATIC } from "../vite.shared.ts";

/** One classic script without exports, beside the other static files. */
export default defineConfig({
  build: {
    target: "es2020",
    outDir: STATIC,
    emptyOutDir: false,
    lib: {
      entry: fileURLToPath(new URL("src/main.ts", import.meta.url)),
      formats: ["iife"],
      name: "_",
      fileName: () => "footfall.js",
    },
  },
  test: {
    environment: "happy-dom",
  },
});
