/**
 * Everyday dialogues of eight open corpora: nineteen conversations of twenty
 * are learnt, the rest is scored, both sides of it, in bits a byte.
 */

import { join } from "node:path";

import { writeAtomically } from "../../src/core/files.ts";
import { pointOf } from "../../trainer/data/split.ts";
import { readRows } from "../../trainer/data/read-rows.ts";
import type { Recipe } from "./recipe.ts";
import { learnTokenizer, lfz, removeExperiment } from "./steps.ts";

const CORPORA = [
  "self-dialogue",
  "topical-chat",
  "personality-chat",
  "chatterbot-corpus",
  "oasst-seed",
  "self-instruct",
  "casino",
  "synthetic-persona-chat",
];
/** What is scored: the words of a conversation decide, through their hash, whether it is held out. */
const SCORED = new Set(["self-dialogue", "topical-chat"]);
const HELD_OUT_FROM = 0.95;

interface Sizes {
  readonly minutes: number;
  readonly vocabSize: number;
  /** Flags of `lfz train`. */
  readonly training: readonly string[];
  /** Bits a byte, at the most, by corpus. */
  readonly most: Readonly<Record<string, number>>;
}

function dialogue(name: string, { minutes, vocabSize, training, most }: Sizes): Recipe {
  return {
    name,
    summary: `eight corpora of dialogues, ${minutes} minutes: at most ${most["self-dialogue"]} bits a byte on held-out self-dialogue`,
    data: "a folder with self-dialogue.jsonl.gz and the seven others",
    async cook({ data, folder }) {
      const parts: { readonly corpus: string; readonly learnt: string; readonly held: string }[] =
        [];
      for (const corpus of CORPORA) parts.push(await split(corpus, data, folder));
      const learnt = parts.map((part) => part.learnt);
      const tokenizer = join(folder, "tokenizer");
      await learnTokenizer(learnt, vocabSize, tokenizer);
      await removeExperiment(name);
      const rights = ["--licence", "various", "--consent", "published under its licence"];
      const budget = ["--minutes", `${minutes}`, "--name", name, "--tokenizer", tokenizer];
      await lfz("train", "--data", ...learnt, ...rights, ...budget, ...training);
      const figures = [];
      for (const { corpus, held } of parts.filter((part) => SCORED.has(part.corpus))) {
        const scored = await lfz("eval", join("experiments", name), "--data", held, "--all-turns");
        figures.push({
          name: `bits a byte, ${corpus}`,
          value: Number(scored.bitsPerByte),
          most: most[corpus] ?? Infinity,
        });
      }
      return figures;
    },
  };
}

async function split(corpus: string, data: string, folder: string) {
  const source = join(data, `${corpus}.jsonl.gz`);
  const learnt = join(folder, "learnt", `${corpus}.jsonl`);
  const held = join(folder, "held", `${corpus}.jsonl`);
  await writeAtomically(learnt, linesOf(source, { held: false }));
  await writeAtomically(held, linesOf(source, { held: true }));
  return { corpus, learnt, held };
}

async function* linesOf(source: string, { held }: { readonly held: boolean }) {
  for await (const row of readRows(source)) {
    if ("problem" in row) throw row.problem;
    const isHeld = pointOf(row.conversation.messages) >= HELD_OUT_FROM;
    if (isHeld === held) yield `${JSON.stringify(row.conversation)}\n`;
  }
}

export const dialogueRecipes: readonly Recipe[] = [
  dialogue("dialogue-10-minutes", {
    minutes: 10,
    vocabSize: 2048,
    training: ["--preset", "nano", "--set", "stepTokens=2048", "replyStretch=0"],
    most: { "self-dialogue": 1.65 },
  }),
  dialogue("dialogue-1-hour", {
    minutes: 60,
    vocabSize: 8192,
    training: ["--preset", "micro", "--set", "replyStretch=0"],
    most: { "self-dialogue": 1.42, "topical-chat": 1.478 },
  }),
];
