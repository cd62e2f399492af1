import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["tracker", "client", "vue", "elements", "dashboard"],
    passWithNoTests: true,
  },
});
