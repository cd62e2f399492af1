const glowing = new WeakSet<HTMLElement>();

/**
 * A short glow of the accent colour over an element's text. One at a time, so that a number that
 * changes all the time breathes instead of staying lit. Nothing under reduced motion.
 */
export function pulse(element: HTMLElement): void {
  if (typeof element.animate !== "function" || glowing.has(element)) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const colour = getComputedStyle(element).color;
  const glow = "var(--footfall-accent, #0a7d5a)";
  const frames = [{ color: colour }, { color: glow, offset: 0.25 }, { color: colour }];
  glowing.add(element);
  element.animate(frames, { duration: 1200, easing: "ease-out" }).onfinish = () => {
    glowing.delete(element);
  };
}
