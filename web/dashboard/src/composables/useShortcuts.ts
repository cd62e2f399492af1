import { onScopeDispose, shallowRef } from "vue";

/** A key that does something. */
interface Shortcut {
  /** The value of `KeyboardEvent.key`. */
  readonly key: string;
  /** What it does, for the help sheet. */
  readonly does: string;
  run(): void;
}

/** All shortcuts that work now. */
export const shortcuts = shallowRef<readonly Shortcut[]>([]);

/** Adds shortcuts until the calling scope ends. */
export function useShortcuts(added: readonly Shortcut[]): void {
  if (shortcuts.value.length === 0) addEventListener("keydown", press);
  shortcuts.value = [...shortcuts.value, ...added];
  onScopeDispose(() => {
    shortcuts.value = shortcuts.value.filter((shortcut) => !added.includes(shortcut));
    if (shortcuts.value.length === 0) removeEventListener("keydown", press);
  });
}

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const shortcut = shortcuts.value.find(({ key }) => key === event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "radio";
  return target.matches("textarea, select, [contenteditable]");
}
