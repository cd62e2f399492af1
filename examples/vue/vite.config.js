import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  // The packages are linked from a checkout that has its own copy of Vue.
  resolve: { dedupe: ["vue"] },
});
