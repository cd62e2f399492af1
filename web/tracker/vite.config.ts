import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** One classic script without exports, beside the other files that the server hands out. */
export default defineConfig({
  build: {
    target: "es2020",
    outDir: at("../../src/footfall/http/static"),
    emptyOutDir: false,
    lib: {
      entry: at("src/main.ts"),
      formats: ["iife"],
      name: "_",
      fileName: () => "footfall.js",
    },
  },
  test: {
    environment: "happy-dom",
  },
});
