/**
 * The scaling law of a few finished runs.
 *
 * For each pair of exponents on a grid the rest is linear: the best E, A and
 * B are a least squares problem. The pair with the smallest error wins.
 * Deterministic, without a start to choose, and steady with nine runs.
 */

import { HintedError } from "../../src/core/errors.ts";
import { bitsPerByteOf, effectiveBytes, type Scale, type ScalingLaw } from "./law.ts";
import { nonNegativeLeastSquares } from "./least-squares.ts";

/** Hoffmann et al. found 0.34 and 0.28. */
const STEP = 0.02;
const STEPS = 60;
const EXPONENTS = Array.from({ length: STEPS }, (_, i) => (i + 1) * STEP);
/** E, A, B and the exponents. */
const UNKNOWNS = 5;

export interface ScaledRun extends Scale {
  readonly bitsPerByte: number;
}

export interface FittedLaw {
  readonly law: ScalingLaw;
  /** The standard error of the runs about the law, as a share of what they reached. */
  readonly error: number;
}

/** @throws HintedError if the runs cannot tell size from text */
export function fitLaw(runs: readonly ScaledRun[]): FittedLaw {
  requireVariety(runs);
  const sizes = runs.map(({ parameters }) => parameters);
  const texts = runs.map(effectiveBytes);
  const [sizeUnit, textUnit] = [meanOf(sizes), meanOf(texts)]; // keep the columns near one
  const scaled = (values: readonly number[], unit: number, exponent: number) =>
    values.map((value, i) => (value / unit) ** -exponent / runs[i].bitsPerByte);
  const constants = runs.map(({ bitsPerByte }) => 1 / bitsPerByte);
  const wanted = runs.map(() => 1); // errors are relative
  const textColumns = EXPONENTS.map((beta) => scaled(texts, textUnit, beta));
  let best = { law: { E: 0, A: 0, alpha: 1, B: 0, beta: 1 }, error: Infinity };
  for (const alpha of EXPONENTS) {
    const sizeColumn = scaled(sizes, sizeUnit, alpha);
    for (const [i, beta] of EXPONENTS.entries()) {
      const columns = [constants, sizeColumn, textColumns[i]];
      const { coefficients, error } = nonNegativeLeastSquares(columns, wanted);
      if (error >= best.error) continue;
      const [E, a, b] = coefficients;
      const law = { E, A: a * sizeUnit ** alpha, alpha, B: b * textUnit ** beta, beta };
      best = { law, error };
    }
  }
  return { law: best.law, error: standardError(best.law, runs) };
}

function requireVariety(runs: readonly ScaledRun[]): void {
  const sizes = new Set(runs.map(({ parameters }) => parameters)).size;
  const texts = new Set(runs.map(effectiveBytes)).size;
  if (runs.length > UNKNOWNS && sizes > 1 && texts > 1) return;
  throw new HintedError(
    `${runs.length} runs of ${sizes} sizes and ${texts} amounts of text say too little for a fit.`,
    { hint: `More than ${UNKNOWNS} are needed, of models that differ and for times that differ.` },
  );
}

function standardError(law: ScalingLaw, runs: readonly ScaledRun[]): number {
  const squares = runs.map((run) => (bitsPerByteOf(law, run) / run.bitsPerByte - 1) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (runs.length - UNKNOWNS));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
