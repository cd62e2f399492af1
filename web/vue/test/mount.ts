import { afterEach, vi } from "vitest";
import { type Component, createApp, h, nextTick, reactive } from "vue";

export interface Mounted<P> {
  readonly root: HTMLElement;
  /** The text of the first element that matches. */
  text(selector: string): string;
  texts(selector: string): string[];
  /** Changes props and waits for the next render. */
  set(props: Partial<P>): Promise<void>;
}

/**
 * Returns a function that mounts a component. After each test of the file the components are
 * unmounted, and fake timers go on until shared connections are closed. Call it after `fakeServer`.
 */
export function mounter(): <P extends object>(component: Component, props: P) => Mounted<P> {
  const unmounts: (() => void)[] = [];
  afterEach(() => {
    for (const unmount of unmounts.splice(0)) unmount();
    if (vi.isFakeTimers()) vi.advanceTimersByTime(1000);
  });
  return (component, props) => {
    const state = reactive({ ...props });
    const root = document.createElement("div");
    document.body.append(root);
    const app = createApp({ render: () => h(component, { ...state }) });
    app.mount(root);
    unmounts.push(() => {
      app.unmount();
      root.remove();
    });
    const texts = (selector: string): string[] =>
      [...root.querySelectorAll(selector)].map((element) => element.textContent?.trim() ?? "");
    return {
      root,
      texts,
      text: (selector) => texts(selector)[0] ?? "",
      async set(changes) {
        Object.assign(state, changes);
        await nextTick();
      },
    };
  };
}
