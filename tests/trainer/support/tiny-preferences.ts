/** Made-up preferences about the numbers of the tiny corpus, and the flags that learn from them in seconds. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

const TERMS = { licence: "CC0-1.0", consent: "written for this test" };

/** `pairs.jsonl`: friendly replies are chosen, rude ones rejected. */
export function writePairs(folder: string, rows = 60): string {
  return write(folder, "pairs.jsonl", rows, (i) => ({
    messages: [{ role: "user", content: `What is ${i}?` }],
    chosen: `${i} is nice.`,
    rejected: `Not ${i} again!`,
  }));
}

/** `thumbs.jsonl`: the same taste, a reply a row. */
export function writeThumbs(folder: string, rows = 90): string {
  return write(folder, "thumbs.jsonl", rows, (i) => ({
    messages: [
      { role: "user", content: `What is ${i}?` },
      { role: "assistant", content: i % 2 === 0 ? `${i} is nice.` : `Not ${i} again!` },
    ],
    label: i % 2 === 0,
  }));
}

function write(folder: string, name: string, rows: number, rowOf: (i: number) => object): string {
  const lines = Array.from({ length: rows }, (_, i) => JSON.stringify({ ...rowOf(i), ...TERMS }));
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

/** The words after `lfz finetune`. */
export function tinyPreferenceTraining(
  method: "dpo" | "kto",
  data: string,
  name: string,
  more: readonly string[] = [],
): string[] {
  const settings = ["stepTokens=256", "evaluations=2", "warmupSteps=2", "learningRate=0.005"];
  const from = ["--from", "experiments/base", "--data", data, "--name", name, "--method", method];
  const budget = ["--threads", "1", "--steps", "12"];
  return [...from, ...budget, ...settings.flatMap((pair) => ["--set", pair]), ...more];
}
