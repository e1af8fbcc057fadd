/**
 * The scaling law of a few finished runs.
 *
 * For each pair of exponents on a grid the rest is linear: the best E, A and
 * B are a least squares problem. The likeliest pair wins: the one with the
 * smallest error, unless others are nearly as good and closer to what has
 * been found elsewhere, for a handful of small runs hardly tells how far size
 * will carry. Deterministic, without a start to choose, and steady with nine.
 */

import { HintedError } from "../../src/core/errors.ts";
import { bitsPerByteOf, effectiveBytes, type Scale, type ScalingLaw } from "./law.ts";
import { nonNegativeLeastSquares } from "./least-squares.ts";

/** By Hoffmann et al. */
const KNOWN = { alpha: 0.34, beta: 0.28 };
/** How far from these another corpus and other models are taken to be: a standard deviation. */
const SPREAD = 0.15;
const STEP = 0.02;
const STEPS = 60;
const EXPONENTS = Array.from({ length: STEPS }, (_, i) => (i + 1) * STEP);
/** E, A, B and the exponents. */
const UNKNOWNS = 5;
/** A run is still warming up for most of fewer; what it reaches follows no law yet. */
export const FEW_STEPS = 80;
/** Keeps the logarithm of a perfect fit finite. */
const ROUNDING = 1e-30;

export interface ScaledRun extends Scale {
  readonly steps: number;
  readonly bitsPerByte: number;
}

export interface FittedLaw {
  readonly law: ScalingLaw;
  /** The standard error of the runs about the law, as a share of what they reached. */
  readonly error: number;
}

/** What a law is fitted to: without the runs that had hardly begun, if enough are left. */
export function settledRuns<Run extends ScaledRun>(all: readonly Run[]): readonly Run[] {
  const settled = all.filter(({ steps }) => steps >= FEW_STEPS);
  return isVaried(settled) ? settled : all;
}

/** @throws HintedError if the runs cannot tell size from text */
export function fitLaw(all: readonly ScaledRun[]): FittedLaw {
  const runs = settledRuns(all);
  if (!isVaried(runs)) throw tooLittle(runs);
  const sizes = runs.map(({ parameters }) => parameters);
  const texts = runs.map(effectiveBytes);
  const [sizeUnit, textUnit] = [meanOf(sizes), meanOf(texts)]; // keep the columns near one
  const scaled = (values: readonly number[], unit: number, exponent: number) =>
    values.map((value, i) => (value / unit) ** -exponent / runs[i].bitsPerByte);
  const constants = runs.map(({ bitsPerByte }) => 1 / bitsPerByte);
  const wanted = runs.map(() => 1); // errors are relative
  const textColumns = EXPONENTS.map((beta) => scaled(texts, textUnit, beta));
  let best = { law: { E: 0, A: 0, alpha: 1, B: 0, beta: 1 }, unlikeliness: Infinity };
  for (const alpha of EXPONENTS) {
    const sizeColumn = scaled(sizes, sizeUnit, alpha);
    for (const [i, beta] of EXPONENTS.entries()) {
      const columns = [constants, sizeColumn, textColumns[i]];
      const { coefficients, error } = nonNegativeLeastSquares(columns, wanted);
      const unlikeliness =
        (runs.length / 2) * Math.log(error + ROUNDING) + strangenessOf(alpha, beta);
      if (unlikeliness >= best.unlikeliness) continue;
      const [E, a, b] = coefficients;
      const law = { E, A: a * sizeUnit ** alpha, alpha, B: b * textUnit ** beta, beta };
      best = { law, unlikeliness };
    }
  }
  return { law: best.law, error: standardError(best.law, runs) };
}

/** The negative logarithm of a normal density. */
function strangenessOf(alpha: number, beta: number): number {
  return ((alpha - KNOWN.alpha) ** 2 + (beta - KNOWN.beta) ** 2) / (2 * SPREAD ** 2);
}

function varietyOf(runs: readonly ScaledRun[]): { sizes: number; texts: number } {
  return {
    sizes: new Set(runs.map(({ parameters }) => parameters)).size,
    texts: new Set(runs.map(effectiveBytes)).size,
  };
}

function isVaried(runs: readonly ScaledRun[]): boolean {
  const { sizes, texts } = varietyOf(runs);
  return runs.length > UNKNOWNS && sizes > 1 && texts > 1;
}

function tooLittle(runs: readonly ScaledRun[]): HintedError {
  const { sizes, texts } = varietyOf(runs);
  return new HintedError(
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
