/** Movement that costs the page little: transforms only, computed, never measured. */

import { type Ref, watch } from "vue";

const GLIDE: KeyframeAnimationOptions = { duration: 300, easing: "cubic-bezier(0.2, 0, 0, 1)" };
const SWELL = ["none", "scale(1.03)", "none"].map((transform) => ({ transform }));
const PULSE: KeyframeAnimationOptions = { duration: 500, easing: "ease-out" };

/** A short swelling of an element. One at a time, so that what changes all the time breathes. */
export function pulse(element: HTMLElement): void {
  if (mayMove(element) && !isMoving(element)) move(element, SWELL, PULSE);
}

/**
 * Lets the children of `list` glide to their new places, and new ones fade in, when the order of
 * `keys` changes. All are `rowHeight` px high; child i shows `keys[i]`.
 */
export function useGlide(
  list: Readonly<Ref<HTMLElement | null>>,
  keys: Readonly<Ref<readonly string[]>>,
  rowHeight: number,
): void {
  watch(
    keys,
    (now, before) => {
      const parent = list.value;
      if (!parent || !mayMove(parent)) return;
      const was = new Map(before.map((key, index) => [key, index]));
      const moves: [Element, Keyframe[]][] = [];
      now.forEach((key, index) => {
        const element = parent.children[index];
        const from = was.get(key);
        if (!element || from === index) return;
        moves.push([element, from === undefined ? FADE : glide(element, (from - index) * rowHeight)]);
      });
      for (const [element, frames] of moves) move(element, frames, GLIDE);
    },
    { flush: "post" },
  );
}

/** Lets all of `element` come down by what was put atop it, `height` px: one movement for all. */
export function slideIn(element: Element, height: number): void {
  if (mayMove(element)) move(element, glide(element, -Math.min(height, FARTHEST)), GLIDE);
}

/** What comes from farther away is a blur. */
const FARTHEST = 480;

export function mayMove(element: Element): boolean {
  return (
    typeof element.animate === "function" &&
    !matchMedia("(prefers-reduced-motion: reduce)").matches
  );
}

const FADE: Keyframe[] = [{ opacity: 0 }, { opacity: 1 }];

/** From where the element is seen now, which on the way is neither its old place nor its new. */
function glide(element: Element, distance: number): Keyframe[] {
  const ahead = isMoving(element) ? new DOMMatrix(getComputedStyle(element).transform).m42 : 0;
  return [{ transform: `translateY(${distance + ahead}px)` }, { transform: "none" }];
}

/** When the movement of an element ends. Asking the browser would have it style the page first. */
const ends = new WeakMap<Element, number>();

function move(element: Element, frames: Keyframe[], timing: KeyframeAnimationOptions): void {
  element.animate(frames, timing);
  ends.set(element, performance.now() + Number(timing.duration));
}

function isMoving(element: Element): boolean {
  return (ends.get(element) ?? 0) > performance.now();
}
