/** Keys that do something, and the list of them. */

import { onScopeDispose, shallowRef } from "vue";

export interface Shortcut {
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  /** What it does, for the help sheet. */
  readonly does: string;
  run(): void;
}

/** All that work now. */
export const shortcuts = shallowRef<readonly Shortcut[]>([]);

/** `added` work for as long as the calling scope lives. */
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
