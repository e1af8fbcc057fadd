/**
 * Runs in a page: the texts whose contrast to what lies behind them is below
 * WCAG's `least`. What is disabled need not be read.
 */
export function contrastBelow(least) {
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    if (!hasOwnText(element) || !element.checkVisibility() || element.matches(":disabled"))
      continue;
    const [dark, light] = [
      luminanceOf(getComputedStyle(element).color),
      luminanceOf(backgroundOf(element)),
    ].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < least) poor.push(`${element.textContent.trim()}: ${contrast.toFixed(1)}`);
  }
  return poor;

  function hasOwnText(element) {
    const nodes = [...element.childNodes];
    return nodes.some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
  }

  function backgroundOf(element) {
    if (!element) return "rgb(255, 255, 255)";
    const color = getComputedStyle(element).backgroundColor;
    const [, , , alpha = 1] = partsOf(color);
    return alpha === 0 ? backgroundOf(element.parentElement) : color;
  }

  function luminanceOf(color) {
    const [r, g, b] = partsOf(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function partsOf(color) {
    return color.match(/[\d.]+/g).map(Number);
  }
}
