/** The loss of a training as a drawing: what it learns from, and what it never saw. */

const WIDTH = 320;
const HEIGHT = 120;
const NAMESPACE = "http://www.w3.org/2000/svg";

/** Nothing while there is no line to draw. */
export function curveOf({ train, validation }) {
  const points = [...train, ...validation];
  if (train.length < 2) return undefined;
  const scale = scaleOf(points);
  const drawing = shapeOf("svg", {
    class: "curve",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
  });
  const [first, last] = [train[0], train.at(-1)];
  drawing.setAttribute(
    "aria-label",
    `The loss went from ${first.loss.toFixed(2)} to ${last.loss.toFixed(2)} in ${last.step} steps.`,
  );
  drawing.append(shapeOf("path", { class: "train", d: lineOf(train, scale) }));
  if (validation.length > 0) drawing.append(...validationOf(validation, scale));
  return drawing;
}

/** Single points of it must be seen, too. */
function validationOf(validation, scale) {
  const dots = validation.map((point) => {
    const [x, y] = scale(point);
    return shapeOf("circle", { class: "validation-dot", cx: x, cy: y, r: 2.5 });
  });
  return [shapeOf("path", { class: "validation", d: lineOf(validation, scale) }), ...dots];
}

function scaleOf(points) {
  const steps = points.map(({ step }) => step);
  const losses = points.map(({ loss }) => loss);
  const [left, right] = [Math.min(...steps), Math.max(...steps)];
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  return ({ step, loss }) => [
    (4 + share(step, left, right) * (WIDTH - 8)).toFixed(1),
    (4 + (1 - share(loss, low, high)) * (HEIGHT - 8)).toFixed(1),
  ];
}

function share(value, from, to) {
  return to > from ? (value - from) / (to - from) : 0.5;
}

function lineOf(points, scale) {
  return points.map((point, at) => `${at === 0 ? "M" : "L"}${scale(point).join(" ")}`).join("");
}

function shapeOf(name, attributes) {
  const shape = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  return shape;
}
