/** The plan of a run, printed before anything is allocated. */

import { formatBytes, formatCount, formatDuration } from "../../src/core/cli/console.ts";
import { feedForwardWords } from "../eval/tables.ts";
import type { ReplayedData, RunRecord } from "../../src/core/experiment/run-record.ts";
import { headSize, type ModelConfig } from "../../src/core/model/config.ts";
import { countOf, parameterCount } from "../../src/core/model/parameters.ts";
import type { TrainedPart } from "../model/trained-part.ts";
import type { Budget } from "./budget.ts";
import type { Layout } from "./layout.ts";
import { trainingFlopsPerToken } from "./cost.ts";
import { trainingMemory } from "./memory.ts";
import type { RunSettings } from "./run-settings.ts";

/** The share of the machine's matrix rate that training reaches with Muon, by `lfz bench train --optimizer muon`. */
const EXPECTED_SHARE = 0.58;

export interface Plan {
  readonly parameters: number;
  readonly trainedParameters: number;
  readonly flopsPerToken: number;
  readonly memoryBytes: number;
  readonly tokensPerSecond: number;
  readonly tokens: number;
  readonly seconds: number;
}

export interface PlanInput {
  readonly config: ModelConfig;
  readonly part: TrainedPart;
  readonly budget: Budget;
  readonly stepTokens: number;
  readonly layout: Layout;
  /** Tokens of one epoch. */
  readonly epochTokens: number;
  /** Floating-point operations a second, measured now. */
  readonly gemmRate: number;
}

export function makePlan(input: PlanInput): Plan {
  const { config, part, budget, stepTokens, layout, epochTokens, gemmRate } = input;
  const flopsPerToken = trainingFlopsPerToken(config, part);
  const tokensPerSecond = (gemmRate * EXPECTED_SHARE) / flopsPerToken;
  const tokens = Math.min(
    budget.minutes ? budget.minutes * 60 * tokensPerSecond : Infinity,
    budget.steps ? budget.steps * stepTokens : Infinity,
    budget.epochs ? budget.epochs * epochTokens : Infinity,
  );
  return {
    parameters: parameterCount(config),
    trainedParameters: countOf(part.specs),
    flopsPerToken,
    memoryBytes: trainingMemory({ config, part, layout }),
    tokensPerSecond,
    tokens,
    seconds: tokens / tokensPerSecond,
  };
}

interface PlanSubject {
  readonly config: ModelConfig;
  readonly settings: RunSettings;
  readonly data: RunRecord["data"];
  readonly name: string;
}

export function planText(plan: Plan, { config, settings, data, name }: PlanSubject): string {
  const { layers, width, heads, kvHeads, vocabSize, context } = config;
  const { optimizer, learningRate, schedule, stepTokens, engine } = settings;
  const rows: [string, string][] = [
    ["experiment", name],
    [
      "model",
      `${formatCount(plan.parameters)} parameters: ${layers} layers, width ${width}, ${heads} heads` +
        `${kvHeads === heads ? "" : ` (${kvHeads} for keys and values)`} of ${headSize(config)}, ` +
        `feed-forward ${feedForwardWords(config)}, vocabulary ${vocabSize}, context ${context}`,
    ],
    [
      "training",
      `${optimizer}, learning rate ${learningRate.toPrecision(2)} (${schedule}), ${stepTokens} tokens a step, ${aimText(settings)}`,
    ],
    ...(data.replay ? [["repeated", replayText(data.replay)] as [string, string]] : []),
    ...(engine === "tfjs"
      ? [["engine", "TensorFlow.js; ONNX Runtime judges, samples and exports"] as [string, string]]
      : []),
    ...(plan.trainedParameters < plan.parameters
      ? [["trained", trainedText(plan, settings)] as [string, string]]
      : []),
    [
      "cost",
      `${formatCount(plan.flopsPerToken)}FLOP a token, about ${formatBytes(plan.memoryBytes)} of memory`,
    ],
    [
      "expected",
      `about ${formatCount(Math.round(plan.tokensPerSecond))} tokens/s, ${formatCount(Math.round(plan.tokens))} tokens in ${formatDuration(plan.seconds * 1000)}`,
    ],
  ];
  return rows.map(([title, text]) => `${title.padEnd(11)} ${text}`).join("\n");
}

function aimText({ loss, preference }: RunSettings): string {
  if (!preference) return `loss on ${loss === "all" ? "all text" : "replies"}`;
  const { method, beta, klLimit } = preference;
  const limit = klLimit === null ? "" : `, KL below ${klLimit}`;
  return `${method.toUpperCase()} against the frozen start, β ${beta}${limit}`;
}

function replayText({ share, conversations, files }: ReplayedData): string {
  const names = files.map(({ name }) => name).join(", ");
  return `${(share * 100).toFixed(0)} % of what is learnt: ${conversations.toLocaleString("en")} conversations an epoch, of ${names}`;
}

function trainedText({ trainedParameters }: Plan, { lora, freeze }: RunSettings): string {
  const count = `${formatCount(trainedParameters)} parameters`;
  if (!lora) return `${count}; frozen: ${freeze.join(", ")}`;
  return `${count} in adapters of rank ${lora.rank} beside ${lora.targets.join(", ")}; all else is frozen`;
}
