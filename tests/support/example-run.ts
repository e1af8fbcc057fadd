/** A run as `lfz train` records it: small, finished, and the same every time. */

import type { MetricsLine } from "../../src/core/experiment/metrics-log.ts";
import type { Metrics, ReplyFigures, RunRecord } from "../../src/core/experiment/run-record.ts";
import { configOfPreset } from "../../src/core/model/config.ts";
import { Random } from "../../src/core/random.ts";

export function exampleRun(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    name: "2026-11-23-mini-1",
    created: "2026-11-23T14:05:09.000Z",
    finished: "2026-11-23T14:26:40.000Z",
    status: "finished",
    flags: { data: ["casino.jsonl.gz", "self-dialogue.jsonl.gz"], preset: "mini", minutes: 20 },
    seed: 1,
    model: configOfPreset("mini", { vocabSize: 4096 }),
    training: { optimizer: "adamw", peakLearningRate: 0.002, rows: 32, schedule: "cosine" },
    data: {
      files: [
        { name: "casino.jsonl.gz", sha256: "a".repeat(64), bytes: 412_000 },
        { name: "self-dialogue.jsonl.gz", sha256: "b".repeat(64), bytes: 9_412_000 },
      ],
      conversations: { train: 24_120, validation: 502, test: 498 },
      tokens: { train: 8_204_551, validation: 170_220, test: 168_004 },
      sources: [
        {
          source: "CaSiNo",
          licences: ["CC-BY-4.0"],
          consents: ["published corpus"],
          conversations: 1030,
          attribution: "Chawla et al., 2021",
          url: "https://github.com/kushalchawla/CaSiNo",
        },
        { source: "self-dialogue", licences: ["MIT"], consents: [], conversations: 24_090 },
      ],
    },
    tokenizerHash: "c".repeat(64),
    git: { commit: "0268034265f15445437efd1fd72c8fcc5f70fd2e", dirty: false },
    versions: { node: "20.20.2", lfz: "0.1.0", onnxruntime: "1.30.0" },
    machine: { cpu: "Example CPU", cores: 2, memoryGb: 8, os: "Linux 6.1 x64" },
    results: {
      validation: exampleFigures(2.9),
      test: exampleFigures(2.93),
      replies: { model: exampleReplies(0.21), reference: exampleReplies(0.34) },
    },
    parity: { onnx: { largestLogitDifference: 0.00002, sameGreedyTokens: true } },
    files: {},
    ...changes,
  };
}

export function exampleFigures(loss: number): Metrics {
  return {
    loss,
    perplexity: Math.exp(loss),
    bitsPerByte: (loss / Math.LN2) * 0.27,
    tokenAccuracy: 0.62 - loss / 10,
    top5Accuracy: 0.86 - loss / 10,
    tokens: 170_220,
    bytes: 630_000,
  };
}

function exampleReplies(distinct1: number): ReplyFigures {
  const shares = { repeating: 0.125, empty: 0, ended: 0.96875 };
  const means = { meanWords: 9.5, meanTokens: 13.25 };
  return { replies: 64, distinct1, distinct2: 0.7, ...shares, ...means };
}

/** A loss that falls with noise, an evaluation every tenth of the way, a note. */
export function exampleMetrics(steps: number): MetricsLine[] {
  const random = new Random(7);
  const every = Math.max(1, Math.floor(steps / 10));
  const lines: MetricsLine[] = [];
  for (let step = 1; step <= steps; step++) {
    const done = step / steps;
    const loss = 2.8 + 5.5 * Math.exp(-7 * done);
    const moment = { step, tokens: step * 8192, seconds: step * 0.31 };
    lines.push({
      type: "train",
      ...moment,
      loss: loss + 0.18 * random.normal(),
      learningRate: 0.002 * Math.min(1, done * 20) * (0.5 + 0.5 * Math.cos(Math.PI * done)),
      gradientNorm: 0.4 + 2 * Math.exp(-20 * done) + 0.1 * Math.abs(random.normal()),
      tokensPerSecond: 26_000 + 500 * random.normal(),
    });
    if (step % every !== 0) continue;
    const { tokens, bytes, ...figures } = exampleFigures(loss + 0.1);
    lines.push({
      type: "evaluation",
      ...moment,
      ...figures,
      split: "validation",
      scoredTokens: tokens,
      scoredBytes: bytes,
      best: true,
    });
  }
  lines.push({ type: "note", step: steps, text: "the budget of 20 minutes was spent" });
  return lines;
}
