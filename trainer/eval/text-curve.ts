/**
 * A curve drawn with characters, for a terminal: two by four dots a character
 * (Unicode's Braille patterns), the highest and the lowest value beside it.
 */

import type { Point } from "./chart.ts";

const COLUMNS = 60;
const LINES = 10;
/** The dots of one character, by column and row, as bits above U+2800. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];
const BLANK = 0x2800;

/** Nothing is drawn of fewer than two points. */
export function textCurve(points: readonly Point[]): string {
  const real = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (real.length < 2) return "";
  const across = rangeOf(real.map(({ x }) => x));
  const up = rangeOf(real.map(({ y }) => y));
  const cells = Array.from({ length: LINES }, () => Array.from({ length: COLUMNS }, () => BLANK));
  for (const { x, y } of real) {
    const column = Math.round(across.share(x) * (COLUMNS * 2 - 1));
    const row = Math.round((1 - up.share(y)) * (LINES * 4 - 1));
    cells[row >> 2][column >> 1] |= DOTS[column & 1][row & 3];
  }
  const labels = cells.map((_, line) => {
    if (line === 0) return up.high.toFixed(2);
    return line === LINES - 1 ? up.low.toFixed(2) : "";
  });
  const width = Math.max(...labels.map((label) => label.length));
  return cells
    .map((codes, line) => `${labels[line].padStart(width)} ${String.fromCharCode(...codes)}`)
    .join("\n");
}

function rangeOf(values: readonly number[]) {
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const span = high - low || 1; // a flat curve lies on the bottom line
  return { low, high, share: (value: number) => (value - low) / span };
}
