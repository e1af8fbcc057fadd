/** `lfz data advise`: which preset and which vocabulary, for this corpus, this machine and this time. */

import { z } from "zod";

import { defineCommand, type CommandContext } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { hashOfFiles } from "../data/prepare-shards.ts";
import {
  adviceText,
  candidatesText,
  corpusText,
  doubtsAbout,
  fitText,
  headStartText,
} from "../scaling/advice-text.ts";
import { adviseOn, asGoodAs, type Advice } from "../scaling/advice.ts";
import type { Machine } from "../scaling/candidates.ts";
import type { Corpus } from "../scaling/corpus.ts";
import { findFit, type FoundFit } from "../scaling/fit-file.ts";
import { isAhead, type HeadStart } from "../scaling/head-start.ts";
import { MINUTES_EACH } from "../scaling/grid.ts";
import { refitScaling } from "./refit-scaling.ts";
import { finetuneLine, shellWords } from "./shell-words.ts";
import { surveyCorpus, surveyHeadStart, surveyMachine, type Surveys } from "./survey.ts";
import { trainingFlags } from "./training-flags.ts";

const MORE = 10;

const { device, threads, licence, consent } = trainingFlags;

const flags = z.strictObject({
  data: z.array(z.string()).min(1).describe("conversation files, JSONL or .jsonl.gz"),
  minutes: z.coerce.number().positive().default(10).describe("that the training may take"),
  fit: z
    .string()
    .optional()
    .describe("a file that --refit wrote; else the one made here, or the shipped one"),
  refit: z.boolean().default(false).describe("train a grid of small models first, and fit them"),
  minutesEach: z
    .string()
    .transform((list) => list.split(","))
    .pipe(z.array(z.coerce.number<string>().positive()))
    .optional()
    .describe(`of --refit: how long its runs take (default ${MINUTES_EACH.join(",")})`),
  vocabSize: z.coerce.number().int().optional().describe("of --refit: the tokens of its runs"),
  set: z.array(z.string()).default([]).describe("of --refit: settings of its runs, key=value"),
  licence,
  consent,
  device,
  threads,
});

type Input = z.infer<typeof flags>;

export function dataAdviseOn(surveys?: Surveys) {
  return defineCommand({
    name: "data advise",
    summary: "Choose preset and vocabulary for a corpus and a time",
    usage: "--data FILE... [--minutes M] [--fit FILE | --refit [--minutes-each M,M,M]]",
    flags,
    examples: [
      "lfz data advise --data chats.jsonl --minutes 60",
      "lfz data advise --data chats.jsonl --refit     42 minutes of training first",
    ],
    async run(input, context) {
      refuseContradictions(input);
      const { data, fit, refit, minutesEach = MINUTES_EACH } = input;
      const found = refit
        ? await refitScaling({ ...input, minutesEach }, context)
        : await findFit(fit);
      if (!found) return undefined; // stopped; the finished runs are kept
      const corpus = await surveyCorpus(data, context);
      const machine = await surveyMachine(input, context, surveys);
      const headStart = await surveyHeadStart(data, corpus, context, surveys);
      context.console.print(`${corpusText(corpus)}\n`);
      return advise(input, { corpus, machine, headStart }, found, context);
    },
  });
}

export const dataAdvise = dataAdviseOn();

function refuseContradictions({ fit, refit, minutesEach, vocabSize, set }: Input): void {
  if (fit !== undefined && refit) {
    throw new HintedError(`--fit ${fit} and --refit contradict each other.`, {
      hint: "Use a fit that is there, or make one.",
    });
  }
  const given = Object.entries({ "minutes-each": minutesEach, "vocab-size": vocabSize, set });
  const [idle] = given.find(([, value]) => !refit && [value].flat()[0] !== undefined) ?? [];
  if (idle === undefined) return;
  throw new HintedError(`--${idle} says how --refit trains, which is not asked for.`, {
    hint: `Add --refit, or leave --${idle} out.`,
  });
}

interface Surveyed {
  readonly corpus: Corpus;
  readonly machine: Machine;
  readonly headStart: HeadStart | undefined;
}

async function advise(
  input: Input,
  { corpus, machine, headStart }: Surveyed,
  found: FoundFit,
  { console }: CommandContext,
) {
  const { data, minutes } = input;
  const { path, fit } = found;
  const advice = adviseOn(corpus, machine, minutes, fit);
  const moreTime = adviseOn(corpus, machine, MORE * minutes, fit);
  const moreText = adviseOn({ ...corpus, bytes: MORE * corpus.bytes }, machine, minutes, fit);
  const { best } = advice;
  const command = best && commandOf(data, best, minutes);
  const hash = data.includes("-") ? undefined : await hashOfFiles(data);
  const doubts = best ? doubtsAbout(best, fit, hash) : [];
  console.print(candidatesText(advice.candidates));
  console.print(`\n${fitText(found)}\n`);
  console.print(adviceText(advice, command ?? "", { minutes, moreTime, moreText }));
  const ahead = headStart && isAhead(headStart, best) ? headStart : undefined;
  if (ahead) console.print(`\n${headStartText(ahead, best, finetuneLine(ahead.folder, input))}`);
  for (const doubt of doubts) console.note(doubt);
  return {
    corpus,
    minutes,
    candidates: advice.candidates,
    fit: { path, ...fit },
    advice: best && command ? { ...best, command, asGood: asGoodAs(advice).map(nameOf) } : null,
    moreTime: resultOf(moreTime),
    moreText: resultOf(moreText),
    headStart: ahead ?? null,
    doubts,
  };
}

const nameOf = ({ preset }: { readonly preset: string }) => preset;

const resultOf = ({ best }: Advice) => best ?? null;

function commandOf(
  data: readonly string[],
  { preset, vocabSize }: NonNullable<Advice["best"]>,
  minutes: number,
): string {
  const files = shellWords(data);
  return `lfz train --data ${files} --preset ${preset} --vocab-size ${vocabSize} --minutes ${minutes}`;
}
