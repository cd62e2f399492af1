import { onScopeDispose, type Ref, watchEffect } from "vue";

/** The size in px that the TV layout is made for. On a larger screen everything grows. */
const WIDTH = 1440;
const HEIGHT = 810;

/**
 * Fits the page to the screen while `on` is true, by the class `tv` and the scale `--tv-scale` of
 * the root element. Calls `leave` when the reader leaves full screen with the browser's own key.
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

/** Enters or leaves full screen. If the browser refuses, the page still fills its window. */
export async function setFullScreen(on: boolean): Promise<void> {
  const { fullscreenElement, documentElement } = document;
  try {
    if (on && !fullscreenElement) await documentElement.requestFullscreen();
    if (!on && fullscreenElement) await document.exitFullscreen();
  } catch {
    // The reader pressed no key, or the page is embedded without this permission.
  }
}
