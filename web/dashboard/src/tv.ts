import { type Ref, watchEffect, onScopeDispose } from "vue";

/** The screen that the TV page is drawn for; on larger ones all of it grows. */
const WIDTH = 1440;
const HEIGHT = 810;

/**
 * Fits the page to the screen while `on`: the class `tv` and the scale `--tv-scale` on the root.
 * `leave` is called when the reader leaves the full screen by the browser's own key.
 */
export function useTv(on: Readonly<Ref<boolean>>, leave: () => void): void {
  const root = document.documentElement;
  const fit = (): void => {
    const scale = Math.max(1, Math.min(innerWidth / WIDTH, innerHeight / HEIGHT));
    root.style.setProperty("--tv-scale", scale.toFixed(3));
  };
  const changed = (): void => {
    if (!document.fullscreenElement && on.value) leave();
  };
  watchEffect(() => root.classList.toggle("tv", on.value));
  fit();
  addEventListener("resize", fit);
  document.addEventListener("fullscreenchange", changed);
  onScopeDispose(() => {
    removeEventListener("resize", fit);
    document.removeEventListener("fullscreenchange", changed);
    root.classList.remove("tv");
  });
}

/** Where a browser refuses, the page still fills its window. */
export async function setFullScreen(on: boolean): Promise<void> {
  const { fullscreenElement, documentElement } = document;
  try {
    if (on && !fullscreenElement) await documentElement.requestFullscreen();
    if (!on && fullscreenElement) await document.exitFullscreen();
  } catch {
    // No key was pressed, or the page is embedded without the right.
  }
}
