/** `lfz eval`: how well a model predicts conversations, what its replies are like, and whether they pass. */

import { z } from "zod";

import { defineCommand, type CommandContext } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { openModelFolder, type ModelFolder } from "../../src/core/experiment/folder.ts";
import type { Metrics } from "../../src/core/experiment/run-record.ts";
import { openRuntime, type Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { joinedShard } from "../data/joined-shard.ts";
import type { Shard } from "../data/shards.ts";
import { readGoldenPrompts } from "../eval/golden.ts";
import { numberTable } from "../eval/plain-text.ts";
import { metricsTable } from "../eval/tables.ts";
import { noteDevice } from "../train/device-note.ts";
import { openData } from "../train/prepare.ts";
import { evaluateGolden, evaluateReplies } from "./eval-replies.ts";
import { deviceFlag } from "./training-flags.ts";
import { weightsPathOf } from "./model-weights.ts";
import { openEvaluator } from "./open-for-eval.ts";

const count = z.coerce.number().int().positive().optional();

const flags = z.strictObject({
  data: z.array(z.string()).min(1).optional().describe("conversation files, JSONL or .jsonl.gz"),
  allTurns: z.boolean().default(false).describe("score both sides, not only the replies"),
  limit: count.describe("about so many tokens of them"),
  replies: count.describe("answer so many of their prompts: variety, repetition, length"),
  golden: z.string().optional().describe("check replies to the prompts of this file"),
  device: deviceFlag,
  threads: count.describe("all cores by default"),
});

export interface Evaluation {
  readonly runtime: Runtime;
  readonly model: ModelFolder;
  readonly flags: z.infer<typeof flags>;
  readonly context: CommandContext;
}

export const evaluate = defineCommand({
  name: "eval",
  summary: "Score a model's predictions, replies, golden prompts",
  usage: "DIR [--data FILE...] [--all-turns] [--replies N] [--golden FILE]",
  positionals: { name: "DIR", min: 1, max: 1 },
  flags,
  examples: [
    "lfz eval experiments/starter --data held-out.jsonl --json",
    "lfz eval experiments/starter --data held-out.jsonl --replies 200",
    "lfz eval experiments/starter --golden golden.json   failing is no error",
  ],
  async run({ positionals: [folder], ...flags }, context) {
    requireTask(flags);
    const golden = flags.golden === undefined ? undefined : await readGoldenPrompts(flags.golden);
    const model = await openModelFolder(folder);
    const evaluation = {
      runtime: await openRuntime({ device: flags.device }),
      model,
      flags,
      context,
    };
    return {
      ...(flags.data && (await evaluateData(evaluation, flags.data))),
      ...(golden && { golden: await evaluateGolden(evaluation, golden) }),
    };
  },
});

function requireTask({ data, replies, golden }: Evaluation["flags"]): void {
  if (data || (golden !== undefined && replies === undefined)) return;
  throw new HintedError("lfz eval needs conversations.", {
    hint: "Name them with --data FILE..., or golden prompts with --golden FILE.",
  });
}

async function evaluateData(evaluation: Evaluation, data: readonly string[]) {
  const { model, flags, context } = evaluation;
  weightsPathOf(model, "to score with"); // before the data is read
  const shards = await openData({ data: [...data] }, model.tokenizer, context, {
    purpose: "judging",
  });
  try {
    const all = joinedShard([
      shards.split("train"),
      shards.split("validation"),
      shards.split("test"),
    ]);
    const metrics = await evaluatePrediction(evaluation, all);
    if (flags.replies === undefined) return metrics;
    return { ...metrics, replies: await evaluateReplies(evaluation, all, flags.replies) };
  } finally {
    shards.close();
  }
}

async function evaluatePrediction(
  { runtime, model, flags, context }: Evaluation,
  shard: Shard,
): Promise<Metrics> {
  const { allTurns, limit } = flags;
  const evaluator = await openEvaluator(runtime, model, flags);
  noteDevice(runtime, evaluator.sessions, context.console);
  const progress = context.console.progress("eval");
  const metrics = await evaluator
    .score(shard, {
      loss: allTurns ? "all" : "replies",
      limit,
      signal: context.signal,
      onProgress: (scored) =>
        progress.update({
          fraction: scored / Math.min(shard.tokens, limit ?? Infinity),
          text: `${scored.toLocaleString("en")} tokens scored`,
        }),
    })
    .finally(() => progress.done());
  evaluator.release();
  requireTargets(metrics, allTurns);
  const title = allTurns ? "both sides" : "replies";
  context.console.print(numberTable(metricsTable([{ title, metrics }])));
  return metrics;
}

function requireTargets({ tokens }: Metrics, allTurns: boolean): void {
  if (tokens > 0) return;
  throw new HintedError("There is nothing to score in these files.", {
    hint: allTurns
      ? "Name files with conversations in them."
      : "No conversation has a reply: --all-turns scores what people say too.",
  });
}
