/** Advice as people read it: a table with a line a preset, a sentence, and what would change it. */

import { formatBytes, formatCount, formatDuration } from "../../src/core/cli/console.ts";
import { toColumns } from "../eval/text-table.ts";
import { asGoodAs, type Advice, type Promising } from "./advice.ts";
import type { Candidate } from "./candidates.ts";
import type { Corpus } from "./corpus.ts";
import type { FoundFit } from "./fit-file.ts";
import type { HeadStart } from "./head-start.ts";
import { FEW_STEPS, settledRuns } from "./fit-law.ts";

/** More readings than this teach little more (Muennighoff et al., 2023). */
const MANY_EPOCHS = 4;

export function corpusText({ conversations, bytes, vocabularies }: Corpus): string {
  const sizes = vocabularies.map(
    ({ vocabSize, bytesPerToken }) => `${grouped(vocabSize)}: ${bytesPerToken.toFixed(2)}`,
  );
  return [
    `${grouped(conversations)} conversations, ${formatBytes(bytes)} of text.`,
    `Bytes a token by vocabulary: ${sizes.join(", ")}.`,
  ].join("\n");
}

export function candidatesText(candidates: readonly Promising[]): string {
  const head = ["preset", "vocabulary", "parameters", "tokens/s", "tokens", "text", "epochs"];
  const rows = candidates.map((one) => [...cellsOf(one), promiseOf(one)]);
  return toColumns([...head, "bits/byte"], rows, { right: [1, 2, 3, 4, 5, 6] });
}

function cellsOf({
  preset,
  vocabSize,
  parameters,
  tokensPerSecond,
  tokens,
  epochs,
  scale,
}: Candidate) {
  return [
    preset,
    grouped(vocabSize),
    formatCount(parameters),
    formatCount(Math.round(tokensPerSecond)),
    formatCount(Math.round(tokens)),
    formatBytes(Math.round(scale.bytes)),
    epochs.toPrecision(2),
  ];
}

function promiseOf(one: Promising): string {
  if (!one.fitsIntoMemory) return "does not fit into the free memory";
  return one.suitsText ? figureOf(one) : "would learn so little text by heart";
}

/** `1.41 (1.38 to 1.44)`, with a question mark where it is a guess. */
function figureOf({ prediction: { bitsPerByte, low, high, isFar } }: Promising): string {
  const range = `${low.toFixed(2)} to ${high.toFixed(2)}`;
  return `${bitsPerByte.toFixed(2)} (${range})${isFar ? " ?" : ""}`;
}

export function fitText({ path, fit }: FoundFit): string {
  const { created, corpus, machine, error } = fit;
  const runs = settledRuns(fit.runs);
  return (
    `Fit: ${path}, ${runs.length} runs on ${corpus.files.join(", ")} (${created.slice(0, 10)}, ` +
    `${machine.cpu}), off by ${(100 * error).toFixed(1)} %. A question mark is far outside of them.\n` +
    "Figures are of all held-out text, before a last stretch that learns to reply."
  );
}

/** What to do, and what would be done with ten times the time or the text. */
export function adviceText(
  advice: Advice,
  command: string,
  { minutes, moreTime, moreText }: Horizons,
): string {
  const { best } = advice;
  if (!best) return "No preset fits into the free memory: close other programs.";
  const others = asGoodAs(advice).map(({ preset }) => preset);
  const time = formatDuration(minutes * 60_000);
  return [
    `Take ${shortly(best)}: after ${time} about ${best.prediction.bitsPerByte.toFixed(2)} bits/byte of held-out text` +
      `${others.length > 0 ? `; within the error as good: ${others.join(", ")}` : ""}.`,
    `  ${command}`,
    "",
    `With ten times the time: ${changeText(moreTime)}.`,
    `With ten times the text: ${changeText(moreText)}.`,
  ].join("\n");
}

/** Another way: to teach a model that is there already. */
export function headStartText(
  { folder, bitsPerByte, promise }: HeadStart,
  best: Promising | undefined,
  command: string,
): string {
  const fresh = best ? best.prediction.bitsPerByte.toFixed(2) : "nothing";
  return [
    `So little text goes further with a model that can talk already: ${folder} has ` +
      `${bitsPerByte.toFixed(2)} bits/byte before it is taught, about ${promise.toFixed(2)} then; a new one promises ${fresh}.`,
    `  ${command}`,
  ].join("\n");
}

export interface Horizons {
  readonly minutes: number;
  readonly moreTime: Advice;
  readonly moreText: Advice;
}

/** What to doubt about the advice. */
export function doubtsAbout(best: Promising, fit: FoundFit["fit"], corpusHash: string | undefined) {
  const doubts: string[] = [];
  if (best.prediction.isFar) {
    doubts.push(`${best.preset} is far outside of what was fitted: its figure is a guess.`);
  }
  const runs = settledRuns(fit.runs);
  const hasty = runs.filter(({ steps }) => steps < FEW_STEPS).length;
  if (hasty > 0) {
    doubts.push(
      `${hasty} of ${runs.length} fitted runs took fewer than ${FEW_STEPS} steps, and had hardly begun: fit longer ones with --minutes-each.`,
    );
  }
  if (fit.corpus.sha256 !== corpusHash) {
    doubts.push(
      "The fit is of another corpus: trust the order of the presets more than the figures, or run --refit.",
    );
  }
  if (best.epochs > MANY_EPOCHS) {
    doubts.push(
      `The text is read ${best.epochs.toFixed(0)} times: beyond ${MANY_EPOCHS} each teaches less, and more text helps most.`,
    );
  }
  return doubts;
}

function shortly({ preset, vocabSize }: Candidate): string {
  return `${preset} with ${grouped(vocabSize)} tokens`;
}

function changeText({ best }: Advice): string {
  return best ? `${shortly(best)}, ${figureOf(best)} bits/byte` : "nothing fits";
}

const grouped = (count: number) => count.toLocaleString("en");
