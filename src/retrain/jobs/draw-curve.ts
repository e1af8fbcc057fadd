/**
 * The loss of a training as a small picture for a chat: a line for the steps,
 * dots for what was held out.
 *
 * It holds no letters, for a machine may have no fonts; what the figures are
 * stands in the text beside it. Its own dark ground reads in light and dark.
 */

import { renderAsync } from "@resvg/resvg-js";

import type { CurvePoint, LossCurve } from "../../chat/jobs.ts";

const WIDTH = 720;
const HEIGHT = 280;
const MARGIN = 22;
const GRID_LINES = 4;

const GROUND = "#161b22";
const GRID = "#2b323c";
const TRAIN = "#74a7ff";
const VALIDATION = "#ff9d5c";

/** A PNG; nothing where there is no line to see yet. */
export async function drawCurve(curve: LossCurve): Promise<Uint8Array | undefined> {
  const svg = svgOf(curve);
  if (svg === undefined) return undefined;
  const image = await renderAsync(svg, { font: { loadSystemFonts: false } });
  return image.asPng();
}

export function svgOf({ train, validation }: LossCurve): string | undefined {
  if (train.length < 2) return undefined;
  const frame = frameOf([...train, ...validation]);
  const line = pathOf(train, frame);
  const [first, last] = [train[0], train.at(-1)];
  const floor = HEIGHT - MARGIN;
  const area = `${line}L${frame.x(last?.step ?? 0)} ${floor}L${frame.x(first?.step ?? 0)} ${floor}Z`;
  const dots = validation.map(
    ({ step, loss }) =>
      `<circle cx="${frame.x(step)}" cy="${frame.y(loss)}" r="4.5" fill="${VALIDATION}" stroke="${GROUND}" stroke-width="2"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<defs><linearGradient id="below" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${TRAIN}" stop-opacity="0.28"/><stop offset="1" stop-color="${TRAIN}" stop-opacity="0"/></linearGradient></defs>
<rect width="${WIDTH}" height="${HEIGHT}" rx="14" fill="${GROUND}"/>
${gridLines()}
<path d="${area}" fill="url(#below)"/>
<path d="${line}" fill="none" stroke="${TRAIN}" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/>
<path d="${pathOf(validation, frame)}" fill="none" stroke="${VALIDATION}" stroke-width="1.5" stroke-dasharray="5 5"/>
${dots.join("\n")}
</svg>
`;
}

interface Frame {
  readonly x: (step: number) => number;
  readonly y: (loss: number) => number;
}

function frameOf(points: readonly CurvePoint[]): Frame {
  const steps = points.map(({ step }) => step);
  const losses = points.map(({ loss }) => loss);
  return {
    x: scaleOf(Math.min(...steps), Math.max(...steps), MARGIN, WIDTH - MARGIN),
    y: scaleOf(Math.min(...losses), Math.max(...losses), HEIGHT - MARGIN, MARGIN),
  };
}

/** To a tenth of a pixel; where all values are the same, to the middle. */
function scaleOf(low: number, high: number, from: number, to: number) {
  return (value: number): number => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return Math.round((from + share * (to - from)) * 10) / 10;
  };
}

function pathOf(points: readonly CurvePoint[], { x, y }: Frame): string {
  return points
    .map(({ step, loss }, index) => `${index === 0 ? "M" : "L"}${x(step)} ${y(loss)}`)
    .join("");
}

function gridLines(): string {
  return Array.from({ length: GRID_LINES }, (_, index) => {
    const y = MARGIN + (index * (HEIGHT - 2 * MARGIN)) / (GRID_LINES - 1);
    return `<path d="M${MARGIN} ${y}H${WIDTH - MARGIN}" stroke="${GRID}" stroke-width="1"/>`;
  }).join("\n");
}
