/**
 * Shakespeare's plays in bytes, a text of a million characters: the first
 * nine tenths are learnt, the last is scored, in nats a character.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { readText } from "../../src/core/files.ts";
import type { Recipe } from "./recipe.ts";
import { learnTokenizer, lfz, removeExperiment } from "./steps.ts";

const SHARE_LEARNT = 0.9;
/** 256 bytes and the special tokens: nothing is merged. */
const BYTES_ONLY = 262;
/** What all of them train: 1.8 M parameters, in small steps. */
const MODEL = ["--preset", "micro"];
const SETTINGS = ["layers=4", "stepTokens=1024", "replyStretch=0"];

interface Sizes {
  readonly minutes: number;
  /** For `lfz train --set`. */
  readonly settings: readonly string[];
  /** Nats a character on the last tenth, at the most. */
  readonly most: number;
}

function tinyshakespeare(name: string, { minutes, settings, most }: Sizes): Recipe {
  return {
    name,
    summary: `tinyshakespeare in bytes, ${minutes} minutes: at most ${most} nats a character`,
    data: "the text, input.txt of 1,115,394 characters",
    async cook({ data, folder }) {
      const { learnt, held, characters } = await split(data, folder);
      const tokenizer = join(folder, "bytes");
      await learnTokenizer([learnt], BYTES_ONLY, tokenizer);
      await removeExperiment(name);
      const budget = ["--minutes", `${minutes}`, "--name", name];
      const training = [...MODEL, "--set", ...SETTINGS, ...settings];
      await lfz("train", "--data", learnt, "--tokenizer", tokenizer, ...budget, ...training);
      const scored = await lfz("eval", join("experiments", name), "--data", held, "--all-turns");
      const nats = Number(scored.loss) * Number(scored.tokens);
      return [{ name: "nats a character", value: nats / characters, most }];
    },
  };
}

/** Both parts as conversation files. */
async function split(path: string, folder: string) {
  const text = await readText(path, "text to learn");
  const cut = Math.floor(text.length * SHARE_LEARNT);
  const parts = { learnt: text.slice(0, cut), held: text.slice(cut) };
  const files: Record<string, string> = {};
  for (const [part, content] of Object.entries(parts)) {
    const plain = join(folder, `${part}.txt`);
    files[part] = join(folder, `${part}.jsonl`);
    await writeFile(plain, content);
    const rights = ["--licence", "public domain", "--consent", "published works"];
    await lfz("data", "import", plain, "--out", files[part], ...rights);
  }
  return { learnt: files.learnt, held: files.held, characters: parts.held.length };
}

export const tinyshakespeareRecipes: readonly Recipe[] = [
  tinyshakespeare("tinyshakespeare-3-minutes", {
    minutes: 3,
    settings: ["evaluations=6"],
    most: 1.62,
  }),
  tinyshakespeare("tinyshakespeare-30-minutes", {
    minutes: 30,
    settings: ["weightDecay=0.5", "embeddingRate=1", "patience=20"],
    most: 1.5,
  }),
];
