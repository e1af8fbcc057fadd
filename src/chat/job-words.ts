/** A retraining in words, for cards and for answers. */

import { formatDuration } from "../core/cli/console.ts";
import type {
  CurvePoint,
  JobProgress,
  JobState,
  JobSummary,
  JobVerdict,
  LossCurve,
} from "./jobs.ts";

const BAR_WIDTH = 20;
const SPARKS = "▁▂▃▄▅▆▇█";
const SPARKLINE_WIDTH = 40;

/** Of the name of a check, in characters, and of checks: the first are what decides. */
const NAME_WIDTH = 34;
const SHOWN_CHECKS = 12;

/** What a remark may be at most, in characters: a message has an end. */
const REMARK_LIMIT = 600;

export function describeJob(job: JobSummary, progress?: JobProgress): string {
  const { id, minutes, method, why, verdict, remark } = job;
  const time = minutes === undefined ? undefined : `${minutes} minutes`;
  const how = [method, time, why].filter((fact) => fact !== undefined);
  const parts = [
    `**Training ${id}**${how.length > 0 ? ` (${how.join(", ")})` : ""}`,
    `${stateWords(job)}${rowsText(job)}`,
    progress && progressText(progress),
    verdict && `It ${verdict.outcome}: ${verdict.reason}`,
    verdict && verdict.checks.length > 0 && verdictTable(verdict),
    remark?.slice(0, REMARK_LIMIT),
  ];
  return parts.filter((part) => typeof part === "string").join("\n");
}

/** The fall of the loss in one line; nothing where there is nothing to see yet. */
export function sparklineOf({ train }: LossCurve): string | undefined {
  const first = train[0];
  const last = train.at(-1);
  if (!first || !last || train.length < 2) return undefined;
  return `loss ${first.loss.toFixed(2)} \`${sparksOf(train)}\` ${last.loss.toFixed(2)}`;
}

function stateWords({ state, candidate }: JobSummary): string {
  const name = candidate === undefined ? "a model" : `\`${candidate}\``;
  const words: Record<JobState, string> = {
    waiting: "🕒 It waits for its turn.",
    collecting: "🧺 1 of 3: I collect what people taught me.",
    training: `🏋️ 2 of 3: I train ${name}.`,
    judging: `⚖️ 3 of 3: I compare ${name} with the model that answers now.`,
    paused: "⏸️ Paused; `train resume` goes on where it was.",
    done: `✅ ${name} is done.`,
    "nothing to learn": "💤 There is nothing to learn.",
    cancelled: "🚫 Cancelled. Everybody is answered as before.",
    failed: "❌ It failed. Everybody is answered as before.",
  };
  return words[state];
}

function rowsText({ rows = {} }: JobSummary): string {
  const facts = Object.entries(rows)
    .filter(([file]) => !file.includes("/")) // what is held out is not learnt from
    .map(([file, count]) => `${count} ${file.replace(".jsonl", "")}`);
  return facts.length > 0 ? ` From ${facts.join(", ")}.` : "";
}

function progressText({ title, fraction, text, remainingMs }: JobProgress): string {
  const filled = Math.round(fraction * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const left = remainingMs === undefined ? "" : `, ${formatDuration(remainingMs)} left`;
  return `\`${bar}\` ${Math.round(fraction * 100)} % ${title}: ${text.replace(/ {2,}/g, ", ")}${left}`;
}

/** In a block of fixed width: neither Discord nor Slack has tables. */
function verdictTable({ checks }: JobVerdict): string {
  const shown = checks.slice(0, SHOWN_CHECKS);
  const width = Math.min(NAME_WIDTH, Math.max(...shown.map(({ name }) => name.length)));
  const line = (name: string, champion: string, candidate: string, outcome: string) =>
    `${name.slice(0, width).padEnd(width)} ${champion.padStart(9)} ${candidate.padStart(9)}  ${outcome}`;
  const lines = shown.map(({ name, champion, candidate, outcome }) =>
    line(name, figureText(champion), figureText(candidate), outcome),
  );
  const rest = checks.length - shown.length;
  return [
    "```",
    line("", "champion", "candidate", "").trimEnd(),
    ...lines,
    ...(rest > 0 ? [`and ${rest} more in verdict.json`] : []),
    "```",
  ].join("\n");
}

function figureText(figure: number): string {
  return Number.isFinite(figure) ? String(Number(figure.toPrecision(4))) : "-";
}

function sparksOf(points: readonly CurvePoint[]): string {
  const width = Math.min(SPARKLINE_WIDTH, points.length);
  const heights = Array.from({ length: width }, (_, index) => {
    const part = points.slice(
      Math.floor((index * points.length) / width),
      Math.floor(((index + 1) * points.length) / width),
    );
    return part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
  });
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const steps = SPARKS.length - 1;
  return heights
    .map((height) => SPARKS[high > low ? Math.round(((height - low) / (high - low)) * steps) : 0])
    .join("");
}
