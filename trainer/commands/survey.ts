/** What advice rests on, with progress bars: the text of a corpus, how fast this machine is, what the starter knows of the text. */

import { existsSync } from "node:fs";
import { join, relative } from "node:path";

import type { Message } from "../../src/core/chat/conversation.ts";
import { renderConversation } from "../../src/core/chat/template.ts";
import type { CommandContext } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { openModelFolder } from "../../src/core/experiment/folder.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { packageFolder } from "../../src/core/package.ts";
import { readConversations } from "../data/read-conversations.ts";
import { shardInMemory } from "../data/shard-in-memory.ts";
import type { Machine } from "../scaling/candidates.ts";
import { readCorpus, type Corpus } from "../scaling/corpus.ts";
import { EvenSample } from "../scaling/even-sample.ts";
import { headStartOf, LITTLE_TEXT, type HeadStart } from "../scaling/head-start.ts";
import { measureMachine } from "../scaling/measure-machine.ts";
import { openEvaluator } from "./open-for-eval.ts";

const CONVERSATIONS_A_REPORT = 1000;
/** Of the text that a model is asked about, in bytes: seconds. */
const ASKED_BYTES = 40_000;
const STARTER = join(packageFolder, EXPERIMENTS_ROOT, "starter");

/** What takes seconds to find out; a test knows without looking. */
export interface Surveys {
  /** How fast the machine is. */
  readonly machine?: typeof measureMachine;
  /** What the starter knows of the text. */
  readonly headStart?: typeof askStarter;
}

export async function surveyCorpus(
  data: readonly string[],
  { console, signal }: CommandContext,
): Promise<Corpus> {
  const progress = console.progress("corpus");
  return readCorpus(data, {
    signal,
    onConversation: (count) => {
      if (count % CONVERSATIONS_A_REPORT !== 0) return;
      progress.update({ fraction: 0, text: `${count.toLocaleString("en")} conversations` });
    },
    onLearning: (state) => {
      if (state.stage === "count") return;
      const { merges, wanted } = state;
      progress.update({ fraction: merges / wanted, text: `${merges} merges` });
    },
  }).finally(() => progress.done());
}

/** In a runtime of its own, whose memory it leaves to nobody. */
export async function surveyMachine(
  { device, threads }: { readonly device?: Device; readonly threads?: number },
  { console, signal }: CommandContext,
  { machine: measure = measureMachine }: Surveys = {},
): Promise<Machine> {
  const runtime = await openRuntime({ device });
  const progress = console.progress("machine");
  return measure(runtime, {
    threads,
    signal,
    onPreset: (preset) => progress.update({ fraction: 0, text: `matrix products of ${preset}` }),
  }).finally(() => {
    progress.done();
    runtime.dispose();
  });
}

/** Nothing where the text is no little one, comes by standard input, which another command cannot read again, or no starter is there that could be taught. */
export async function surveyHeadStart(
  data: readonly string[],
  { bytes }: Pick<Corpus, "bytes">,
  context: CommandContext,
  { headStart: ask = askStarter }: Surveys = {},
): Promise<HeadStart | undefined> {
  if (bytes > LITTLE_TEXT || data.includes("-")) return undefined;
  const bitsPerByte = await ask(data, context);
  return bitsPerByte === undefined ? undefined : headStartOf(shortPath(STARTER), bitsPerByte);
}

/** As people would type it from where they are. */
function shortPath(path: string): string {
  const short = relative(".", path);
  return short.startsWith("..") ? path : short;
}

/** The starter's bits a byte on an even sample of the text. */
async function askStarter(
  data: readonly string[],
  { signal }: CommandContext,
): Promise<number | undefined> {
  if (!existsSync(STARTER)) return undefined;
  const runtime = await openRuntime();
  try {
    const model = await openModelFolder(STARTER);
    const evaluator = await openEvaluator(runtime, model, {});
    const rendered = (await sampleOf(data)).map((messages) =>
      renderConversation(messages, model.tokenizer),
    );
    const shard = shardInMemory(rendered, model.tokenizer);
    const { bitsPerByte } = await evaluator.score(shard, { loss: "all", signal });
    evaluator.release();
    return bitsPerByte;
  } catch (error) {
    if (error instanceof HintedError) return undefined; // it was damaged, or made smaller: nothing can be taught to it
    throw error;
  } finally {
    runtime.dispose();
  }
}

async function sampleOf(data: readonly string[]): Promise<(readonly Message[])[]> {
  const sample = new EvenSample<readonly Message[]>(ASKED_BYTES);
  for await (const { conversation, bytes } of readConversations(data, {}, "judging")) {
    sample.add(conversation.messages, bytes);
  }
  return sample.items;
}
