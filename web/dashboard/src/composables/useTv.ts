import { onScopeDispose, type Ref, ref, watchEffect } from "vue";

/** The long and the short side in px that the TV layout is made for. On a larger screen all grows. */
const LONG = 1440;
const SHORT = 810;
/** How long what the pointer brings up stays. */
const AWAKE_MS = 3000;

export interface UseTvReturn {
  /** Whether the pointer has moved, or a finger has touched, a moment ago. */
  readonly isAwake: Readonly<Ref<boolean>>;
}

/**
 * Fits the page to the screen while `on` is true, by the class `tv` and the scale `--tv-scale` of
 * the root element. Calls `leave` when the reader leaves full screen by Escape or the browser's key.
 */
export function useTv(on: Readonly<Ref<boolean>>, leave: () => void): UseTvReturn {
  const root = document.documentElement;
  const fit = (): void => {
    const [width, height] = innerWidth < innerHeight ? [SHORT, LONG] : [LONG, SHORT];
    const scale = Math.max(1, Math.min(innerWidth / width, innerHeight / height));
    root.style.setProperty("--tv-scale", scale.toFixed(3));
  };
  const changed = (): void => {
    if (!document.fullscreenElement && on.value) leave();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && on.value && !event.defaultPrevented) leave();
  };

  const isAwake = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wake = (): void => {
    isAwake.value = true;
    clearTimeout(timer);
    timer = setTimeout(() => (isAwake.value = false), AWAKE_MS);
  };

  watchEffect(() => root.classList.toggle("tv", on.value));
  fit();
  const ending = new AbortController();
  const { signal } = ending;
  addEventListener("resize", fit, { signal });
  addEventListener("keydown", press, { signal });
  addEventListener("pointermove", wake, { signal });
  addEventListener("pointerdown", wake, { signal });
  document.addEventListener("fullscreenchange", changed, { signal });
  onScopeDispose(() => {
    ending.abort();
    clearTimeout(timer);
    root.classList.remove("tv");
  });
  return { isAwake };
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
