/** The part of `lfz eval` in which the model speaks: to the prompts of the data, and to golden ones. */

import { withoutControls } from "../../src/core/cli/without-controls.ts";
import { HintedError } from "../../src/core/errors.ts";
import type { RepliesResult } from "../../src/core/experiment/run-record.ts";
import type { Shard } from "../data/shards.ts";
import { askGolden, goldenTable, type GoldenResult } from "../eval/ask-golden.ts";
import type { GoldenPrompt } from "../eval/golden.ts";
import { judgeReplies } from "../eval/judge-replies.ts";
import { numberTable, textTable } from "../eval/plain-text.ts";
import { repliesTable } from "../eval/tables.ts";
import type { Evaluation } from "./eval.ts";
import { openDecoder } from "./open-for-eval.ts";

/** @throws HintedError if no conversation has a prompt to answer */
export async function evaluateReplies(
  evaluation: Evaluation,
  shard: Shard,
  count: number,
): Promise<RepliesResult> {
  const { runtime, model, flags, context } = evaluation;
  const decoder = await openDecoder(runtime, model, flags);
  const progress = context.console.progress("replies");
  const replies = await judgeReplies(decoder, model.tokenizer, shard, {
    count,
    signal: context.signal,
    onReply: (done, prompts) =>
      progress.update({ fraction: done / prompts, text: `${done} of ${prompts} replies` }),
  }).finally(() => {
    progress.done();
    decoder.dispose();
  });
  if (!replies) {
    throw new HintedError("There is no prompt to answer in these files.", {
      hint: "Name files with conversations in which the bot replies, or leave out --replies.",
    });
  }
  context.console.print(`\n${numberTable(repliesTable(replies))}`);
  return replies;
}

/** Failing prompts are a result, not an error: whoever gates on them reads the counts. */
export async function evaluateGolden(
  evaluation: Evaluation,
  prompts: readonly GoldenPrompt[],
): Promise<GoldenResult> {
  const { runtime, model, flags, context } = evaluation;
  const decoder = await openDecoder(runtime, model, flags);
  const progress = context.console.progress("golden");
  const result = await askGolden(decoder, model.tokenizer, prompts, {
    maxTokens: model.generation.maxTokens,
    signal: context.signal,
    onPrompt: (done) =>
      progress.update({
        fraction: done / prompts.length,
        text: `${done} of ${prompts.length} prompts`,
      }),
  }).finally(() => {
    progress.done();
    decoder.dispose();
  });
  if (flags.data) context.console.print("");
  context.console.print(withoutControls(textTable(goldenTable(result))));
  context.console.print(`\n${result.passed} of ${result.prompts} golden prompts pass.`);
  return result;
}
