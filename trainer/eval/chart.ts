/**
 * One line chart as SVG: title, axes, lines, points. Knows drawing, not what
 * is drawn.
 *
 * A chart takes its colours from CSS variables that follow the reader's light
 * or dark setting, so the same markup stands in a page and in a file alone.
 */

import type { Axis } from "./axis.ts";
import { axisOf, tightAxisOf } from "./axis.ts";
import { markup, Markup } from "./markup.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const SERIES_COLOURS = ["train", "validation", "rate", "other"] as const;

type Colour = (typeof SERIES_COLOURS)[number];

interface Series {
  readonly label: string;
  readonly colour: Colour;
  /** `faint` is a line that stays in the background and does not stretch the axis. */
  readonly style: "line" | "faint" | "points";
  readonly points: readonly Point[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** A point that deserves a ring and a word. */
  readonly mark?: Point & { readonly text: string };
  /** Nothing lies between 1 and 2 along the bottom: steps, not minutes. */
  readonly wholeX?: boolean;
  /** The axis begins at zero instead of at the smallest value. */
  readonly fromZero?: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 46, right: 18, bottom: 40 };
const HEAD_ONE_LINE = 34;
const HEAD_WITH_LEGEND = 54;
const PIXELS_PER_X_TICK = 70;
const PIXELS_PER_Y_TICK = 42;
/** More points than this are not seen, only downloaded. */
const MAX_POINTS = 500;

/** The rules that every chart needs once in the page or file it stands in. */
export const CHART_STYLE = `
.chart { --paper: #ffffff; --ink: #1c2128; --muted: #5d6673; --grid: #e3e7ec; --axis: #aab2bd;
  --train: #2563eb; --validation: #d9480f; --rate: #7c3aed; --other: #0f766e; }
@media (prefers-color-scheme: dark) {
  .chart { --paper: #12161c; --ink: #e6eaf0; --muted: #97a1af; --grid: #262d37; --axis: #4a5463;
    --train: #74a7ff; --validation: #ff9d5c; --rate: #b79cff; --other: #4fd1c0; } }
.chart { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-size: 12px; }
.chart text { fill: var(--muted); }
.chart .title { fill: var(--ink); font-size: 14px; font-weight: 600; }
.chart .mark { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.chart .paper { fill: var(--paper); }
.chart .train { --colour: var(--train); }
.chart .validation { --colour: var(--validation); }
.chart .rate { --colour: var(--rate); }
.chart .other { --colour: var(--other); }
.chart path { fill: none; stroke: var(--colour); stroke-linejoin: round; stroke-linecap: round; }
.chart path.grid { stroke: var(--grid); }
.chart path.axis { stroke: var(--axis); }
.chart path.line { stroke-width: 2; }
.chart path.thread { stroke-width: 1.2; }
.chart path.faint { stroke-width: 1; opacity: 0.3; }
.chart path.swatch { stroke-width: 4; }
.chart circle.dot { fill: var(--colour); stroke: var(--paper); stroke-width: 1.2; }
.chart circle.ring { fill: none; stroke: var(--ink); stroke-width: 1.6; }
`;

/** A chart as an element of its own, at a place in whatever holds it. */
export function drawChart(
  chart: Chart,
  { width, height }: Size,
  at: Point = { x: 0, y: 0 },
): Markup {
  const named = chart.series.filter(({ points }) => points.length > 0);
  const head = named.length > 1 ? HEAD_WITH_LEGEND : HEAD_ONE_LINE;
  const frame = frameOf(chart, named, { width, height }, head);
  return markup`<svg class="chart" x="${at.x}" y="${at.y}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.title}">
<text class="title" x="2" y="18">${chart.title}</text>
${named.length > 1 ? drawLegend(named) : ""}
${drawAxes(frame, chart.xLabel)}
<svg x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}" viewBox="${frame.left} ${frame.top} ${frame.right - frame.left} ${frame.bottom - frame.top}">
${named.map((series) => drawLine(series, frame))}</svg>
${named.map((series) => drawDots(series, frame))}
${chart.mark ? drawMark(chart.mark, frame) : ""}
</svg>
`;
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

function frameOf(
  chart: Chart,
  named: readonly Series[],
  { width, height }: Size,
  top: number,
): Frame {
  const left = MARGIN.left;
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const leading = named.filter(({ style }) => style !== "faint");
  const x = tightAxisOf(
    named.flatMap(({ points }) => points.map((point) => point.x)),
    Math.max(2, (right - left) / PIXELS_PER_X_TICK),
    chart.wholeX ? 1 : 0,
  );
  const heights = (leading.length > 0 ? leading : named).flatMap(({ points }) =>
    points.map((point) => point.y),
  );
  if (chart.fromZero) heights.push(0);
  const y = axisOf(heights, Math.max(2, (bottom - top) / PIXELS_PER_Y_TICK));
  return {
    left,
    right,
    top,
    bottom,
    x,
    y,
    toX: (value) => left + ((value - x.min) / (x.max - x.min)) * (right - left),
    toY: (value) => bottom - ((value - y.min) / (y.max - y.min)) * (bottom - top),
  };
}

function drawLegend(named: readonly Series[]): Markup {
  let x = 2;
  const entries = named.map((series) => {
    const at = x;
    x += 36 + series.label.length * 6.6;
    const symbol =
      series.style === "points"
        ? markup`<circle class="dot ${series.colour}" cx="${at + 8}" cy="34" r="3.5"/>`
        : markup`<path class="swatch ${series.style} ${series.colour}" d="M${at + 2} 34h12"/>`;
    return markup`${symbol}<text x="${at + 21}" y="38">${series.label}</text>`;
  });
  return markup`${entries}`;
}

function drawAxes(frame: Frame, xLabel: string): Markup {
  const { left, right, bottom, x, y, toX, toY } = frame;
  const rows = y.ticks.map(
    (tick) =>
      markup`<path class="grid" d="M${left} ${fine(toY(tick))}H${right}"/><text x="${left - 8}" y="${fine(toY(tick) + 4)}" text-anchor="end">${y.format(tick)}</text>
`,
  );
  const columns = x.ticks.map(
    (tick) =>
      markup`<path class="axis" d="M${fine(toX(tick))} ${bottom}v4"/><text x="${fine(toX(tick))}" y="${bottom + 17}" text-anchor="middle">${x.format(tick)}</text>
`,
  );
  return markup`${rows}${columns}<path class="axis" d="M${left} ${bottom}H${right}"/>
<text x="${(left + right) / 2}" y="${bottom + 33}" text-anchor="middle">${xLabel}</text>`;
}

function drawLine({ style, colour, points }: Series, frame: Frame): Markup {
  if (style === "points") return markup``;
  return markup`<path class="${style} ${colour}" d="${pathOf(thin(points), frame)}"/>
`;
}

function drawDots({ style, colour, points, label }: Series, frame: Frame): Markup {
  if (style !== "points") return markup``;
  const radius = points.length > 60 ? 2 : 3.5;
  const dots = thin(points)
    .filter(({ y }) => Number.isFinite(y))
    .map(
      ({ x, y }) =>
        markup`<circle class="dot ${colour}" cx="${fine(frame.toX(x))}" cy="${fine(frame.toY(y))}" r="${radius}"><title>${label} ${y.toPrecision(4)}</title></circle>
`,
    );
  return markup`<path class="thread ${colour}" d="${pathOf(thin(points), frame)}"/>
${dots}`;
}

function drawMark({ x, y, text }: NonNullable<Chart["mark"]>, frame: Frame): Markup {
  const at = frame.toX(x);
  const up = frame.toY(y);
  const anchor = at > (frame.left + frame.right) / 2 ? "end" : "start";
  return markup`<circle class="ring" cx="${fine(at)}" cy="${fine(up)}" r="6.5"/><text class="mark" x="${fine(at + (anchor === "end" ? 6 : -6))}" y="${fine(up - 13)}" text-anchor="${anchor}">${text}</text>`;
}

/** A number that is none leaves a gap. */
function pathOf(points: readonly Point[], frame: Frame): string {
  let drawing = false;
  const parts: string[] = [];
  for (const { x, y } of points) {
    const real = Number.isFinite(y);
    if (real) parts.push(`${drawing ? "L" : "M"}${fine(frame.toX(x))} ${fine(frame.toY(y))}`);
    drawing = real;
  }
  return parts.join("");
}

/** Keeps the lowest and highest point of each stretch, so that spikes stay. */
function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const stretch = Math.ceil((points.length * 2) / MAX_POINTS);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch).filter(({ y }) => Number.isFinite(y));
    if (part.length === 0) {
      kept.push({ ...points[start], y: NaN });
      continue;
    }
    const lowest = part.reduce((a, b) => (b.y < a.y ? b : a));
    const highest = part.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(lowest.x <= highest.x ? [lowest, highest] : [highest, lowest]));
  }
  return kept;
}

/** A tenth of a pixel is as fine as anybody sees. */
function fine(value: number): string {
  return String(Math.round(value * 10) / 10);
}
