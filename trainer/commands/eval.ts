/** `lfz eval`: how well a model predicts conversations, all of those in the files. */

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { openModelFolder } from "../../src/core/experiment/folder.ts";
import type { Metrics } from "../../src/core/experiment/run-record.ts";
import { readSafetensorsInto } from "../../src/core/experiment/safetensors.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { joinedShard } from "../data/joined-shard.ts";
import { Evaluator } from "../eval/evaluator.ts";
import { metricsTable } from "../eval/tables.ts";
import { toColumns } from "../eval/text-table.ts";
import { allocateBlock, parameterLayout } from "../model/parameter-store.ts";
import { openData } from "../train/prepare.ts";
import { weightsPathOf } from "./model-weights.ts";

/** Tokens a run of the graph, as in training. */
const MICRO_TOKENS = 1024;

export const evaluate = defineCommand({
  name: "eval",
  summary: "Score how well a model predicts conversations",
  usage: "DIR --data FILE... [--all-turns]",
  positionals: { name: "DIR", min: 1, max: 1 },
  flags: z.strictObject({
    data: z.array(z.string()).min(1).describe("conversation files, JSONL or .jsonl.gz"),
    allTurns: z.boolean().default(false).describe("score both sides, not only the replies"),
    limit: z.coerce.number().int().positive().optional().describe("about so many tokens of them"),
    threads: z.coerce.number().int().positive().optional().describe("all cores by default"),
  }),
  examples: ["lfz eval experiments/starter --data held-out.jsonl --json"],
  async run({ positionals: [folder], data, allTurns, limit, threads }, context) {
    const model = await openModelFolder(folder);
    const weightsPath = weightsPathOf(model, "to score with");
    const shards = await openData({ data }, model.tokenizer, context, "judging");
    const runtime = await openRuntime();
    const weights = allocateBlock(runtime, parameterLayout(model.config));
    await readSafetensorsInto(weightsPath, weights.values);

    const { console, signal } = context;
    const { config, tokenizer } = model;
    const microTokens = MICRO_TOKENS;
    const evaluator = await Evaluator.open(runtime, {
      config,
      weights,
      tokenizer,
      microTokens,
      threads,
    });
    const all = joinedShard([
      shards.split("train"),
      shards.split("validation"),
      shards.split("test"),
    ]);
    const progress = console.progress("eval");
    const metrics = await evaluator
      .score(all, {
        loss: allTurns ? "all" : "replies",
        limit,
        signal,
        onProgress: (scored) =>
          progress.update({
            fraction: scored / Math.min(all.tokens, limit ?? Infinity),
            text: `${scored.toLocaleString("en")} tokens scored`,
          }),
      })
      .finally(() => progress.done());
    evaluator.release();
    shards.close();
    requireTargets(metrics, allTurns);
    const { head, rows } = metricsTable([{ title: allTurns ? "both sides" : "replies", metrics }]);
    console.print(toColumns(head, rows, { right: [1] }));
    return metrics;
  },
});

function requireTargets({ tokens }: Metrics, allTurns: boolean): void {
  if (tokens > 0) return;
  throw new HintedError("There is nothing to score in these files.", {
    hint: allTurns
      ? "Name files with conversations in them."
      : "No conversation has a reply: --all-turns scores what people say too.",
  });
}
