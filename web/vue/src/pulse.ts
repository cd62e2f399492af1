/** A short glow of the accent colour over an element's text. Nothing under reduced motion. */
export function pulse(element: HTMLElement | null): void {
  if (!element || typeof element.animate !== "function") return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const colour = getComputedStyle(element).color;
  element.animate([{ color: "var(--footfall-accent, #0a7d5a)" }, { color: colour }], {
    duration: 900,
    easing: "ease-out",
  });
}
