/** Light or dark: as the system has it, or as the reader chose. */

import { ref, watchEffect } from "vue";
import { recall, store } from "./storage.js";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "footfall-theme";

export const theme = ref<Theme>(THEMES.find((each) => each === recall(KEY)) ?? "system");

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  store(KEY, theme.value === "system" ? null : theme.value);
}

export function followTheme(): void {
  watchEffect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
}
