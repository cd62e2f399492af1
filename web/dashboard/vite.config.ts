import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { iconSprite } from "./iconSprite.ts";
import { SOURCE, STATIC, VUE_FLAGS } from "../vite.shared.ts";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), iconSprite()],
  resolve: SOURCE,
  define: VUE_FLAGS,
  build: {
    outDir: `${STATIC}/dashboard`,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  test: { environment: "happy-dom" },
});
