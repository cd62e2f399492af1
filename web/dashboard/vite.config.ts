import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { STATIC, VUE_FLAGS } from "../vite.shared.ts";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  define: VUE_FLAGS,
  build: {
    outDir: `${STATIC}/dashboard`,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
