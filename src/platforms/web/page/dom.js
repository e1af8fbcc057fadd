/** Builds what is shown. Text is always text, never markup. */

export function elementOf(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function buttonOf(className, onClick, ...children) {
  const element = elementOf("button", className, ...children);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

/** Shows these children in this order; one that is there already is not moved, so it keeps the focus. */
export function showChildren(parent, children) {
  const leaving = [...parent.children].filter((child) => !children.includes(child));
  for (const child of leaving) child.remove();
  for (const [at, child] of children.entries()) {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  }
}

/** A line drawing on 20 by 20, in the colour of the text around it. */
export function iconOf(path) {
  const namespace = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(namespace, "svg");
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  icon.classList.add("icon");
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", path);
  icon.append(line);
  return icon;
}
