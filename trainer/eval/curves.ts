/**
 * The curves of a run: which of its numbers are drawn, and how they are
 * smoothed. `curves.svg` is the loss above the learning rate, in one file.
 */

import type {
  EvaluationLine,
  MetricsLine,
  TrainLine,
} from "../../src/core/experiment/metrics-log.ts";
import { minimisedLoss } from "../../src/core/experiment/run-record.ts";
import { CHART_STYLE, drawChart, SERIES_COLOURS, type Chart, type Point } from "./chart.ts";
import { markup, Markup } from "./markup.ts";

/** What runs along the bottom of a chart. */
export type Along = "steps" | "time";

const WIDTH = 840;
const LOSS_HEIGHT = 380;
const RATE_HEIGHT = 170;
const PADDING = 12;
const INNER = WIDTH - 2 * PADDING;
/** The smoothed line covers about this share of a run to either side. */
const SMOOTHING = 1 / 80;

export function curvesSvg(lines: readonly MetricsLine[]): string {
  const height = LOSS_HEIGHT + RATE_HEIGHT + 2 * PADDING;
  const loss = drawChart(
    lossChart(lines, "steps"),
    { width: INNER, height: LOSS_HEIGHT },
    { x: PADDING, y: PADDING },
  );
  const rate = drawChart(
    trainChart(lines, "Learning rate", "learningRate"),
    { width: INNER, height: RATE_HEIGHT },
    { x: PADDING, y: PADDING + LOSS_HEIGHT },
  );
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<style>${new Markup(CHART_STYLE)}</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
${loss}${rate}</svg>
`.text;
}

export function lossChart(lines: readonly MetricsLine[], along: Along): Chart {
  const scale = scaleOf(lines, along);
  const training = lines.filter(isTrain).map((line) => scale.point(line, line.loss));
  const evaluations = lines.filter(isValidation);
  const best = evaluations.findLast(
    ({ best, ...line }) => best && Number.isFinite(minimisedLoss(line)),
  );
  return {
    title: along === "steps" ? "Loss over steps" : "Loss over time",
    xLabel: scale.label,
    wholeX: scale.whole,
    series: [
      { label: "training", colour: "train", style: "faint", points: training },
      { label: "smoothed", colour: "train", style: "line", points: smooth(training) },
      {
        label: "validation",
        colour: "validation",
        style: "points",
        points: evaluations.map((line) => scale.point(line, minimisedLoss(line))),
      },
    ],
    ...(best && {
      mark: {
        ...scale.point(best, minimisedLoss(best)),
        text: `best ${minimisedLoss(best).toFixed(3)}`,
      },
    }),
  };
}

/** The validation of several runs in one picture, their training faint behind it. */
export function comparisonChart(
  runs: readonly { readonly name: string; readonly metrics: readonly MetricsLine[] }[],
  along: Along,
): Chart {
  const scale = scaleOf(
    runs.flatMap(({ metrics }) => metrics),
    along,
  );
  return {
    title: along === "steps" ? "Validation loss over steps" : "Validation loss over time",
    xLabel: scale.label,
    wholeX: scale.whole,
    series: runs.flatMap(({ name, metrics }, index) => {
      const colour = SERIES_COLOURS[index % SERIES_COLOURS.length];
      const training = smooth(metrics.filter(isTrain).map((line) => scale.point(line, line.loss)));
      const validation = metrics.filter(isValidation).map((line) => scale.point(line, line.loss));
      return [
        { label: `${name}, training`, colour, style: "faint", points: training } as const,
        { label: name, colour, style: "points", points: validation } as const,
      ];
    }),
  };
}

/** One number of each training step. */
export function trainChart(
  lines: readonly MetricsLine[],
  title: string,
  key: "learningRate" | "gradientNorm" | "tokensPerSecond",
): Chart {
  const scale = scaleOf(lines, "steps");
  const points = lines.filter(isTrain).map((line) => scale.point(line, line[key]));
  const noisy = key !== "learningRate";
  return {
    title,
    xLabel: scale.label,
    wholeX: scale.whole,
    fromZero: true,
    series: noisy
      ? [
          { label: "each step", colour: "other", style: "faint", points },
          { label: "smoothed", colour: "other", style: "line", points: smooth(points) },
        ]
      : [{ label: title, colour: "rate", style: "line", points }],
  };
}

export function accuracyChart(lines: readonly MetricsLine[]): Chart {
  const scale = scaleOf(lines, "steps");
  const evaluations = lines.filter(isValidation);
  const points = (key: "tokenAccuracy" | "top5Accuracy") =>
    evaluations.map((line) => scale.point(line, line[key] * 100));
  return {
    title: "Validation accuracy, %",
    xLabel: scale.label,
    wholeX: scale.whole,
    series: [
      {
        label: "first guess",
        colour: "validation",
        style: "points",
        points: points("tokenAccuracy"),
      },
      { label: "first five", colour: "rate", style: "points", points: points("top5Accuracy") },
    ],
  };
}

/**
 * An exponential mean, taken forwards and backwards so that the line neither
 * lags behind a falling loss nor runs ahead of it; what is no number is left out.
 */
export function smooth(points: readonly Point[]): Point[] {
  const real = points.filter(({ y }) => Number.isFinite(y));
  const heights = real.map(({ y }) => y);
  const keep = 1 - 1 / Math.max(1, real.length * SMOOTHING);
  const forwards = runningMean(heights, keep);
  const backwards = runningMean(heights.reverse(), keep).reverse();
  return real.map(({ x }, i) => ({ x, y: (forwards[i] + backwards[i]) / 2 }));
}

/** Divided by the weights so far, so that it does not begin near zero. */
function runningMean(values: readonly number[], keep: number): number[] {
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return mean / weight;
  });
}

interface Scale {
  readonly label: string;
  readonly whole: boolean;
  point(line: TrainLine | EvaluationLine, y: number): Point;
}

function scaleOf(lines: readonly MetricsLine[], along: Along): Scale {
  if (along === "steps")
    return { label: "steps", whole: true, point: ({ step }, y) => ({ x: step, y }) };
  const longest = lines.reduce((most, line) => Math.max(most, secondsOf(line)), 0);
  const [label, unit] =
    longest < 180 ? ["seconds", 1] : longest < 3 * 3600 ? ["minutes", 60] : ["hours", 3600];
  return { label, whole: false, point: ({ seconds }, y) => ({ x: seconds / unit, y }) };
}

function secondsOf(line: MetricsLine): number {
  return line.type === "note" ? 0 : line.seconds;
}

/** What preference training is about; none for other runs. */
export function preferenceCharts(lines: readonly MetricsLine[]): Chart[] {
  if (!lines.some((line) => line.type !== "note" && line.preference)) return [];
  const scale = scaleOf(lines, "steps");
  const axis = { xLabel: scale.label, wholeX: scale.whole };
  const pointsOf = (
    key: "margin" | "accuracy" | "kl",
    of: readonly (TrainLine | EvaluationLine)[],
  ) => of.map((line) => scale.point(line, line.preference?.[key] ?? NaN));
  const both = (key: "margin" | "accuracy") => [
    {
      label: "training, smoothed",
      colour: "train",
      style: "line",
      points: smooth(pointsOf(key, lines.filter(isTrain))),
    } as const,
    {
      label: "validation",
      colour: "validation",
      style: "points",
      points: pointsOf(key, lines.filter(isValidation)),
    } as const,
  ];
  const kl = pointsOf("kl", lines.filter(isValidation));
  return [
    { title: "Reward margin, nats", ...axis, series: both("margin") },
    { title: "Share on the right side", ...axis, series: both("accuracy") },
    {
      title: "KL to the start, nats a token",
      ...axis,
      fromZero: true,
      series: [{ label: "held-out prompts", colour: "validation", style: "points", points: kl }],
    },
  ];
}

/** By step, as it was measured. */
export function trainingLoss(lines: readonly MetricsLine[]): Point[] {
  return lines.filter(isTrain).map(({ step, loss }) => ({ x: step, y: loss }));
}

function isTrain(line: MetricsLine): line is TrainLine {
  return line.type === "train";
}

/** The test split is scored once and is no curve. */
function isValidation(line: MetricsLine): line is EvaluationLine {
  return line.type === "evaluation" && line.split === "validation";
}
