import { type Component, createApp, h, nextTick, reactive } from "vue";

export interface Mounted<P> {
  readonly root: HTMLElement;
  /** What a reader sees of the first element that matches, as text. */
  text(selector: string): string;
  texts(selector: string): string[];
  /** Changes props and waits for the page to follow. */
  set(props: Partial<P>): Promise<void>;
  unmount(): void;
}

export function mount<P extends object>(component: Component, props: P): Mounted<P> {
  const state = reactive({ ...props });
  const root = document.createElement("div");
  document.body.append(root);
  const app = createApp({ render: () => h(component, { ...state }) });
  app.mount(root);
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
    unmount() {
      app.unmount();
      root.remove();
    },
  };
}
