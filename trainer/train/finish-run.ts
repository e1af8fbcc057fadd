/**
 * The end of a run: its model is exported and proven, judged on the untouched
 * test set, and written down; `finished` only when all of that is there.
 */

import type { CommandContext } from "../../src/core/cli/command.ts";
import {
  toEvaluationLine,
  type EvaluationLine,
  type MetricsLog,
} from "../../src/core/experiment/metrics-log.ts";
import {
  isEmpty,
  type Metrics,
  type RepliesResult,
  type RunRecord,
} from "../../src/core/experiment/run-record.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { ShardSet } from "../data/shards.ts";
import type { Loss } from "../data/spans.ts";
import { judgeReplies } from "../eval/judge-replies.ts";
import { openTrainedDecoder } from "../eval/sample-replies.ts";
import { writeReports } from "../eval/write-reports.ts";
import { exportModel } from "../export/export-model.ts";
import { greetingIds, MOST_PARITY_TOKENS } from "../export/parity-text.ts";
import { sentenceOf } from "../export/parity.ts";
import type { ParameterBlock } from "../model/parameter-store.ts";
import type { TrainingOptions } from "./options.ts";
import type { Task } from "./task.ts";

/** The test set is scored once; of a very large one, this many tokens. */
const MAX_TEST_TOKENS = 500_000;
/** Prompts of the test set that the finished model answers: about half of what its samples have cost. */
const TEST_REPLIES = 64;

export interface FinishedModel {
  readonly folder: string;
  readonly record: RunRecord;
  readonly tokenizer: ChatTokenizer;
  readonly shards: ShardSet;
  readonly weights: ParameterBlock;
  readonly storage: TrainingOptions["storage"];
  /** Judges `weights`. */
  readonly task: Pick<Task, "judge">;
  readonly loss: Loss;
  /** Whether its replies are judged too: not where the rows are comparisons of replies. */
  readonly answers: boolean;
  readonly metrics: Pick<MetricsLog, "append">;
  /** Where training ended. */
  readonly end: Pick<EvaluationLine, "step" | "tokens" | "seconds">;
}

export async function finishRun(
  runtime: Runtime,
  model: FinishedModel,
  { console, signal }: CommandContext,
): Promise<RunRecord> {
  const { folder, record, tokenizer, weights, storage, task, loss, metrics, end } = model;
  const exported = await exportModel(runtime, {
    folder,
    config: record.model,
    tokenizer,
    weights,
    storage,
    ids: parityIds(model),
  });
  console.note(`export: ${sentenceOf(exported.parity)}`);

  const judging = { loss, limit: MAX_TEST_TOKENS, signal };
  const validation = found(await task.judge("validation", judging));
  const test = found(await task.judge("test", judging));
  if (test) await metrics.append(toEvaluationLine("test", end, test, false));
  const replies = model.answers ? await judgeTestReplies(runtime, model, signal) : undefined;
  const finished: RunRecord = {
    ...record,
    status: "finished",
    finished: new Date().toISOString(),
    results: { validation, test, replies },
    parity: { "onnx/model.onnx": exported.parity },
    files: exported.files,
  };
  await writeReports(folder, finished);
  return finished;
}

/** Nothing of a split that is empty. */
function found(metrics: Metrics): Metrics | undefined {
  return isEmpty(metrics) ? undefined : metrics;
}

async function judgeTestReplies(
  runtime: Runtime,
  { record, weights, tokenizer, shards }: FinishedModel,
  signal: AbortSignal,
): Promise<RepliesResult | undefined> {
  const decoder = await openTrainedDecoder(runtime, record.model, weights);
  return judgeReplies(decoder, tokenizer, shards.split("test"), {
    count: TEST_REPLIES,
    signal,
  }).finally(() => decoder.dispose());
}

/** A conversation for the parity check: the first of the test set, or a greeting. */
function parityIds({ shards, tokenizer, record }: FinishedModel): readonly number[] {
  const longest = Math.min(record.model.context, MOST_PARITY_TOKENS);
  const split = shards.split("test");
  if (split.conversations > 0 && split.length(0) > 1) {
    return [...split.read(0, 0, Math.min(longest, split.length(0))).ids];
  }
  return greetingIds(tokenizer, longest);
}
