/** The theme: light, dark, or the system's own. */

import { ref, watchEffect } from "vue";
import { readStorage, writeStorage } from "./storage.js";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const KEY = "footfall-theme";

export const theme = ref<Theme>(THEMES.find((each) => each === readStorage(KEY)) ?? "system");

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  writeStorage(KEY, theme.value === "system" ? null : theme.value);
}

/** Keeps the page in the chosen theme. */
export function applyTheme(): void {
  watchEffect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
}
