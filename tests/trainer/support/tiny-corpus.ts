/** A corpus of short conversations about numbers, and the flags of a training on it that takes seconds. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

export function writeTinyCorpus(folder: string, conversations = 80): string {
  const lines = Array.from({ length: conversations }, (_, i) =>
    JSON.stringify({
      messages: [
        { role: "user", content: `What is ${i}?` },
        { role: "assistant", content: `${i} is a number, and ${i + 1} comes next.` },
      ],
      licence: "CC0-1.0",
      consent: "written for this test",
    }),
  );
  const path = join(folder, "numbers.jsonl");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const SETTINGS = {
  width: 32,
  layers: 1,
  heads: 2,
  kvHeads: 1,
  ffnWidth: 48,
  context: 32,
  stepTokens: 128,
  microTokens: 64,
  warmupSteps: 2,
  evaluations: 3,
};

/** For models that only have to be there: other defaults of training are not to change what comes after. */
export const SAME_FOR_EVER = {
  schedule: "cosine",
  embeddingRate: 1,
  embeddingBetas: "0.9,0.95",
} as const;

/** The words after `lfz` that train such a model. */
export function tinyTraining(
  data: string,
  name: string,
  settings: Readonly<Record<string, string | number>> = {},
): string[] {
  const pairs = Object.entries({ ...SETTINGS, ...settings });
  const overrides = pairs.flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const sizes = ["--threads", "1", "--vocab-size", "280"];
  return ["train", "--data", data, "--name", name, ...sizes, ...overrides];
}
