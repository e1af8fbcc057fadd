/** Where the ticks of a chart's axes stand and what they say. */

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** Below this the arithmetic of doubles runs out of digits, and no one would see it in a chart. */
const TINIEST = 1e-300;

/** Round numbers, about `count` of them and `smallestStep` apart at least, that enclose the values. */
export function axisOf(values: Iterable<number>, count: number, smallestStep = 0): Axis {
  let min = Infinity;
  let max = -Infinity;
  for (const given of values) {
    if (!Number.isFinite(given)) continue;
    const value = Math.abs(given) < TINIEST ? 0 : given;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) [min, max] = [0, 1]; // nothing measured yet
  if (min === max) [min, max] = around(min);
  const step = Math.max(roundStep((max - min) / count), smallestStep);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { min: first * step, max: last * step, ticks, format: formatterOf(step) };
}

/** The same, but the axis ends where the values end: nothing is wasted on a half-empty last step. */
export function tightAxisOf(values: Iterable<number>, count: number, smallestStep = 0): Axis {
  const all = [...values].filter(Number.isFinite);
  const { ticks, format, ...loose } = axisOf(all, count, smallestStep);
  if (all.length < 2) return { ...loose, ticks, format };
  const min = all.reduce((a, b) => Math.min(a, b));
  const max = all.reduce((a, b) => Math.max(a, b));
  if (min === max) return { ...loose, ticks, format };
  return { min, max, format, ticks: ticks.filter((tick) => tick >= min && tick <= max) };
}

/** 1, 2 or 5 times a power of ten, at least `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function around(value: number): [number, number] {
  if (value === 0) return [0, 1];
  return value > 0 ? [0, 2 * value] : [2 * value, 0];
}

/** As many digits as the step needs: `2.35`, `40`, `12k`, `3e-4`. */
function formatterOf(step: number): (value: number) => string {
  return (value) => {
    const rounded = Math.round(value / step) * step;
    if (rounded === 0) return "0";
    if (step < 1e-4 * (1 - 1e-9)) return shortExponent(rounded, step);
    if (step >= 1e6) return `${trim(rounded / 1e6)}M`;
    if (Math.abs(rounded) >= 1e4 || step >= 1e3) return `${trim(rounded / 1e3)}k`;
    return rounded.toFixed(step < 1 ? Math.ceil(-Math.log10(step) - 1e-9) : 0);
  };
}

function shortExponent(value: number, step: number): string {
  const digits = Math.max(
    0,
    Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9),
  );
  return value.toExponential(digits);
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}
