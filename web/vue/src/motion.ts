/** Movement that costs the page little: transforms and opacity only, computed, never measured. */

import { type Ref, watch } from "vue";

const EASE_OUT = "cubic-bezier(0.2, 0, 0, 1)";
const GLIDE_MS = 300;
const ROLL_MS = 400;
const PULSE_MS = 500;
const RIPPLE_MS = 1000;

/** A row of a list, in its place, and how long its bar is, from 0 to 1. */
export interface BarRow {
  readonly label: string;
  readonly share: number;
}

/** A short swelling of an element. One at a time, so that what changes all the time breathes. */
export function pulse(element: HTMLElement): void {
  if (!isMoving(element)) move(element, ["scale(1)", "scale(1.03)", "scale(1)"].map(transformed), PULSE_MS);
}

/** A ring that widens, fades and is gone. */
export function ripple(ring: HTMLElement): void {
  const frames = [
    { transform: "scale(0.2)", opacity: 1 },
    { transform: "scale(1)", opacity: 0 },
  ];
  const over = move(ring, frames, RIPPLE_MS)?.finished ?? Promise.resolve();
  void over.then(() => ring.remove());
}

/** Lets a column of lines come to line `now` from line `was`, each 1 em high. */
export function roll(column: Element | null | undefined, was: number, now: number): void {
  // In em: what depends on the size of its box, a browser moves on the main thread.
  if (column) move(column, [was, now].map((line) => transformed(`translateY(${-line}em)`)), ROLL_MS);
}

/** Lets a bar that is `now` of its box long grow from what it `was`. */
export function grow(bar: Element | null | undefined, axis: Axis, was: number, now: number): void {
  const frames = growth(axis, was, now);
  if (bar && frames) move(bar, frames, GLIDE_MS);
}

/** Lets all of `element` come down by what was put atop it, `height` px: one movement for all. */
export function slideIn(element: Element, height: number): void {
  move(element, glide(element, -Math.min(height, FARTHEST)), GLIDE_MS);
}

/** What comes from farther away is a blur. */
const FARTHEST = 480;

/**
 * Lets the children of `list` glide to their new places, new ones fade in, and their bars grow,
 * as `rows` change. All are `rowHeight` px high; child i shows `rows[i]`, its bar is a `[data-bar]`.
 */
export function useGlide(
  list: Readonly<Ref<HTMLElement | null>>,
  rows: Readonly<Ref<readonly BarRow[]>>,
  rowHeight: number,
): void {
  watch(
    rows,
    (now, before) => {
      if (prefersCalm()) return;
      const was = new Map(before.map(({ label, share }, index) => [label, { index, share }]));
      const moves: [Element, Keyframe[]][] = [];
      now.forEach(({ label, share }, index) => {
        const row = list.value?.children[index];
        const bar = row?.querySelector("[data-bar]");
        const old = was.get(label);
        if (!row || !bar) return;
        if (!old) return void moves.push([row, FADE]);
        if (old.index !== index) moves.push([row, glide(row, (old.index - index) * rowHeight)]);
        const frames = growth("X", old.share, share);
        if (frames) moves.push([bar, frames]);
      });
      // Once all were asked where they are: in between, each answer would have the page styled.
      for (const [element, frames] of moves) move(element, frames, GLIDE_MS);
    },
    { flush: "post" },
  );
}

type Axis = "X" | "Y";

const FADE: Keyframe[] = [{ opacity: 0 }, { opacity: 1 }];

/** A change of a bar that nobody sees moves nothing: less than this part of its box. */
const SEEN = 0.03;

/** Null where there is nothing to see. */
function growth(axis: Axis, was: number, now: number): Keyframe[] | null {
  if (Math.abs(now - was) < SEEN || now === 0) return null;
  return [`scale${axis}(${was / now})`, `scale${axis}(1)`].map(transformed);
}

/** From where the element is seen now, which on the way is neither its old place nor its new. */
function glide(element: Element, distance: number): Keyframe[] {
  const ahead = isMoving(element) ? new DOMMatrix(getComputedStyle(element).transform).m42 : 0;
  return [`translateY(${distance + ahead}px)`, "translateY(0)"].map(transformed);
}

function transformed(transform: string): Keyframe {
  return { transform };
}

/**
 * After a movement an element is held where it is for so long, in ms. A browser draws the page three
 * times for the end of a movement, and makes anew what a moving element is drawn on. So most move
 * again before theirs ends, and the rest are let go when others begin, in one drawing with them.
 */
const HOLD_MS = 600;

interface Movement {
  readonly animation: Animation;
  readonly effect: KeyframeEffect;
  /** When the element comes to rest. Asking the browser would have it style the page first. */
  rests: number;
}

/** Each element has one movement that is told new frames: two would keep each other off the
 * compositor, and a new one costs more. */
const movements = new WeakMap<Element, Movement>();
/** Those not yet let go. */
const going = new Set<Movement>();

function isMoving(element: Element): boolean {
  return (movements.get(element)?.rests ?? 0) > performance.now();
}

function move(element: Element, frames: readonly Keyframe[], duration: number): Animation | null {
  if (typeof element.animate !== "function" || prefersCalm()) return null;
  const now = performance.now();
  letGo(now);
  const movement = movements.get(element) ?? begin(element);
  const { animation, effect } = movement;
  const whole = duration + 2 * HOLD_MS;
  effect.setKeyframes(held(frames, duration / whole));
  effect.updateTiming({ duration: whole });
  animation.currentTime = 0;
  animation.play();
  movement.rests = now + duration;
  going.add(movement);
  return animation;
}

function begin(element: Element): Movement {
  const effect = new KeyframeEffect(element, null);
  const movement = { animation: new Animation(effect), effect, rests: 0 };
  movements.set(element, movement);
  return movement;
}

function letGo(now: number): void {
  for (const movement of going) {
    if (now - movement.rests <= HOLD_MS) continue;
    going.delete(movement);
    movement.animation.finish();
  }
}

/** The frames in the first `share` of the time, and the last of them for the rest of it. */
function held(frames: readonly Keyframe[], share: number): Keyframe[] {
  const last = frames.length - 1;
  const placed = frames.map((frame, index) => ({
    ...frame,
    easing: EASE_OUT,
    offset: (index / last) * share,
  }));
  return [...placed, { ...frames[last], offset: 1 }];
}

let calm: MediaQueryList | undefined;

function prefersCalm(): boolean {
  calm ??= matchMedia("(prefers-reduced-motion: reduce)");
  return calm.matches;
}
