"""Measures whether anything of a page is past its card or past the window."""

from playwright.sync_api import Page

_OVERFLOWS = """() => {
  const found = new Set();
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.add("the page scrolls sideways");
  const cuts = (style) =>
    style.overflowX !== "visible" || /strict|content|paint/.test(style.contain);
  const isCut = (element, until) => {
    for (let each = element.parentElement; each && each !== until; each = each.parentElement) {
      if (cuts(getComputedStyle(each))) return true;
    }
    return false;
  };
  const name = (element) => `${element.tagName}.${element.getAttribute("class") ?? ""}`;
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width <= 1 || box.height <= 1 || style.visibility === "hidden") continue;
    if (style.clipPath !== "none") continue; // only for screen readers
    const isOut = (frame) =>
      box.right > frame.right + 1 || box.left < frame.left - 1;
    if (isOut({ left: 0, right: width }) && !isCut(element, null)) {
      found.add(`${name(element)} is past the window`);
    }
    const card = element.parentElement?.closest(".card");
    if (!card) continue;
    const frame = card.getBoundingClientRect();
    const isBelow = box.bottom > frame.bottom + 1 || box.top < frame.top - 1;
    if ((isOut(frame) || isBelow) && !isCut(element, card)) {
      found.add(`${name(element)} is past ${name(card)}`);
    }
    const clips = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
    if (clips && style.overflowX === "hidden" && style.textOverflow !== "ellipsis" &&
        element.children.length === 0 && element.textContent.trim()) {
      found.add(`the text of ${name(element)} is cut`);
    }
  }
  return [...found];
}"""


def overflows(page: Page) -> list[str]:
    """What is past its card or the window, or cut without an ellipsis."""
    found: list[str] = page.evaluate(_OVERFLOWS)
    return found
