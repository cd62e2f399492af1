/**
 * Animations that cost the page little. They use only transforms and opacity, and compute where
 * things move instead of measuring the page.
 */

import { type Ref, watch } from "vue";

const EASE_OUT = "cubic-bezier(0.2, 0, 0, 1)";
const GLIDE_MS = 300;
const ROLL_MS = 400;
const PULSE_MS = 500;
const RIPPLE_MS = 1000;

/** A row of a list, and the length of its bar from 0 to 1. */
interface BarRow {
  readonly label: string;
  readonly share: number;
}

/** Makes an element grow and shrink once, but not again until it has rested as long. */
export function pulse(element: HTMLElement): void {
  const rested = (movements.get(element)?.end ?? 0) + PULSE_MS <= performance.now();
  if (rested) move(element, ["scale(1)", "scale(1.03)", "scale(1)"].map(transformed), PULSE_MS);
}

/** Makes a ring grow and fade out, and then removes it. */
export function ripple(ring: HTMLElement): void {
  const frames = [
    { transform: "scale(0.2)", opacity: 1 },
    { transform: "scale(1)", opacity: 0 },
  ];
  const finished = move(ring, frames, RIPPLE_MS)?.finished ?? Promise.resolve();
  void finished.then(() => ring.remove());
}

/** Rolls a column of lines, each 1 em high, from one line to another. */
export function roll(column: Element | null | undefined, from: number, to: number): void {
  // In em: a browser animates percentages, which depend on the size of a box, on the main thread.
  if (column) move(column, [from, to].map((line) => transformed(`translateY(${-line}em)`)), ROLL_MS);
}

/** Ends the element's movement: it is where its style says. */
export function settle(element: Element | null | undefined): void {
  const movement = element && movements.get(element);
  if (!movement || !active.delete(movement)) return;
  movement.animation.cancel();
  movement.end = 0;
}

/** Lets a bar grow or shrink. Lengths are parts of its box; the bar already has the length `to`. */
export function grow(bar: Element | null | undefined, axis: Axis, from: number, to: number): void {
  const frames = growth(axis, from, to);
  if (bar && frames) move(bar, frames, GLIDE_MS);
}

/** Slides `element` down by the `height` in px of what was added above its content. */
export function slideIn(element: Element, height: number): void {
  move(element, glide(element, -Math.min(height, MAX_SLIDE)), GLIDE_MS);
}

/** A longer way in px would be only a blur. */
const MAX_SLIDE = 480;

/**
 * Animates a list when its `rows` change: rows glide to their new places, new rows fade in, and
 * bars grow. Every row is `rowHeight` px high. Child i of `list` shows `rows[i]`, and its bar is
 * marked with `data-bar`.
 */
export function useGlide(
  list: Readonly<Ref<HTMLElement | null>>,
  rows: Readonly<Ref<readonly BarRow[]>>,
  rowHeight: number,
): void {
  watch(
    rows,
    (current, previous) => {
      if (prefersReducedMotion()) return;
      const before = new Map(previous.map(({ label, share }, index) => [label, { index, share }]));
      const moves: [Element, Keyframe[]][] = [];
      current.forEach(({ label, share }, index) => {
        const row = list.value?.children[index];
        const bar = row?.querySelector("[data-bar]");
        const old = before.get(label);
        if (!row || !bar) return;
        if (!old) return void moves.push([row, FADE_IN]);
        if (old.index !== index) moves.push([row, glide(row, (old.index - index) * rowHeight)]);
        const frames = growth("X", old.share, share);
        if (frames) moves.push([bar, frames]);
      });
      // All positions are read before anything moves, so that the page is styled only once.
      for (const [element, frames] of moves) move(element, frames, GLIDE_MS);
    },
    { flush: "post" },
  );
}

type Axis = "X" | "Y";

const FADE_IN: Keyframe[] = [{ opacity: 0 }, { opacity: 1 }];

/** A smaller change of a bar, as a part of its box, is not animated: nobody would see it. */
const MIN_GROWTH = 0.03;

/** The frames of a bar that changes its length; null when the change is too small to see. */
function growth(axis: Axis, from: number, to: number): Keyframe[] | null {
  if (Math.abs(to - from) < MIN_GROWTH || to === 0) return null;
  return [`scale${axis}(${from / to})`, `scale${axis}(1)`].map(transformed);
}

/** The frames of a move to the element's new place. A moving element starts where it is now. */
function glide(element: Element, distance: number): Keyframe[] {
  const offset = isMoving(element) ? new DOMMatrix(getComputedStyle(element).transform).m42 : 0;
  return [`translateY(${distance + offset}px)`, "translateY(0)"].map(transformed);
}

function transformed(transform: string): Keyframe {
  return { transform };
}

/**
 * How long in ms a finished animation is held at its last frame. When an animation ends, a browser
 * draws the page three times and rebuilds the element's layer. With the hold, most elements move
 * again before their animation ends, and the others end together when another one starts.
 */
const HOLD_MS = 600;

interface Movement {
  readonly animation: Animation;
  readonly effect: KeyframeEffect;
  /** When the element stops. It is kept here because asking the browser would style the page. */
  end: number;
}

/**
 * One animation per element, which gets new frames for each move. A new animation costs more, and
 * two on one element keep each other off the compositor.
 */
const movements = new WeakMap<Element, Movement>();
/** The movements that still run or are held. */
const active = new Set<Movement>();

function isMoving(element: Element): boolean {
  return (movements.get(element)?.end ?? 0) > performance.now();
}

function move(element: Element, frames: readonly Keyframe[], duration: number): Animation | null {
  if (typeof element.animate !== "function" || prefersReducedMotion()) return null;
  const now = performance.now();
  finishHeld(now);
  const movement = movements.get(element) ?? createMovement(element);
  const { animation, effect } = movement;
  const total = duration + 2 * HOLD_MS;
  effect.setKeyframes(withHold(frames, duration / total));
  effect.updateTiming({ duration: total });
  animation.currentTime = 0;
  animation.play();
  movement.end = now + duration;
  active.add(movement);
  return animation;
}

function createMovement(element: Element): Movement {
  const effect = new KeyframeEffect(element, null);
  const movement = { animation: new Animation(effect), effect, end: 0 };
  movements.set(element, movement);
  return movement;
}

/** Finishes the animations that were held for long enough. */
function finishHeld(now: number): void {
  for (const movement of active) {
    if (now - movement.end <= HOLD_MS) continue;
    active.delete(movement);
    movement.animation.finish();
  }
}

/** Spreads the frames over the first `share` of the time, and holds the last one for the rest. */
function withHold(frames: readonly Keyframe[], share: number): Keyframe[] {
  const last = frames.length - 1;
  const placed = frames.map((frame, index) => ({
    ...frame,
    easing: EASE_OUT,
    offset: (index / last) * share,
  }));
  return [...placed, { ...frames[last], offset: 1 }];
}

let reducedMotion: MediaQueryList | undefined;

function prefersReducedMotion(): boolean {
  reducedMotion ??= matchMedia("(prefers-reduced-motion: reduce)");
  return reducedMotion.matches;
}
