import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { renderConversation } from "../../../src/core/chat/template.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { trainBatches } from "../../../trainer/data/batches.ts";
import { Evaluator } from "../../../trainer/eval/evaluator.ts";
import { scoreEach } from "../../../trainer/eval/score-each.ts";
import {
  exposuresOf,
  knownFrom,
  plantCanaries,
  readCanaries,
} from "../../../trainer/judge/canaries.ts";
import { checkMemory } from "../../../trainer/judge/checks/memory.ts";
import type { Replied } from "../../../trainer/judge/feedback-rows.ts";
import { replyShard } from "../../../trainer/judge/reply-shard.ts";
import { byteTokenizer } from "../../support/byte-tokenizer.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { madeUpTrial } from "../support/made-up-trial.ts";
import { memoryShard } from "../support/memory-shard.ts";
import { optimizerStep, tinyConfig, tinyEngine } from "../support/tiny-training.ts";

describe("planted canaries", () => {
  it("are rows to learn from, with provenance, the same for the same seed", () => {
    const rows = plantCanaries(3, 7);
    expect(plantCanaries(3, 7)).toEqual(rows);
    expect(new Set([...rows, ...plantCanaries(3, 8)].map(({ secret }) => secret)).size).toBe(6);
    for (const row of rows) {
      expect(row).toMatchObject({ source: "canary", licence: "CC0-1.0" });
      expect(row.messages.at(-1)?.content).toContain(row.secret);
      expect(row.secret).toMatch(/^\d{8}$/);
    }
  });

  it("come back from a file, and a row without a secret does not", async () => {
    const path = join(temporaryFolder(), "canaries.jsonl");
    const rows = plantCanaries(2, 1);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect(await readCanaries(path)).toEqual(rows);
    writeFileSync(path, JSON.stringify({ ...rows[0], secret: "12" + rows[0].secret }));
    await expect(readCanaries(path)).rejects.toThrow("canaries.jsonl, line 1: no canary");
  });
});

describe("exposure", () => {
  const rows = plantCanaries(2, 3);
  const likelihoods = (natsOf: (reply: string) => number) => async (replies: readonly Replied[]) =>
    replies.map(({ reply }) => natsOf(reply));

  it("is all bits there are where nothing is likelier, and none where everything is", async () => {
    const knows = likelihoods((reply) => (reply.includes(rows[0].secret) ? 1 : 20));
    const [known] = await exposuresOf(rows, knows);
    expect(known).toBe(9); // of 511 alternates
    expect(known).toBeGreaterThan(knownFrom(2));
    const [shunned] = await exposuresOf(
      rows,
      likelihoods(() => 5),
    );
    expect(shunned).toBe(0);
  });

  it("of chance is about a bit, and hardly ever seems known", async () => {
    const many = plantCanaries(40, 11);
    const exposures = await exposuresOf(
      many,
      likelihoods((reply) => (Number(/\d+/.exec(reply)?.[0]) * 2654435761) % 2 ** 32),
    );
    expect(exposures.filter((bits) => bits < 2).length).toBeGreaterThan(20);
    expect(Math.max(...exposures)).toBeLessThan(knownFrom(40));
  });

  it("is high in a model that has learnt one row by heart, and low for one never shown", async () => {
    const config = tinyConfig({ context: 64 });
    const engine = await tinyEngine(config);
    const [shown, other] = rows;
    const shard = memoryShard([renderConversation(shown.messages, byteTokenizer)]);
    const batches = trainBatches(shard, { rows: 1, context: 64, loss: "replies", seed: 1 });
    for (let step = 1; step <= 60; step++) {
      const batch = batches.next();
      const targets = batch.weights.reduce((sum, weight) => sum + weight, 0);
      await engine.accumulate([batch], targets);
      await engine.update(optimizerStep({ step, learningRate: 0.02 }));
    }
    const runtime = await openRuntime();
    const evaluator = await Evaluator.open(runtime, {
      config,
      weights: engine.weights,
      tokenizer: byteTokenizer,
      microTokens: 1024,
    });
    const score = async (replies: readonly Replied[]) => {
      const found = await scoreEach(evaluator, byteTokenizer, replyShard(replies, byteTokenizer), {
        loss: "replies",
      });
      return found.map(({ nats }) => nats);
    };
    const exposures = await exposuresOf([shown, other], score);
    evaluator.release();
    runtime.dispose();
    expect(exposures[0]).toBe(9);
    expect(exposures[1]).toBeLessThan(knownFrom(2));

    const trial = madeUpTrial({ exposures: [0.5, 1] }, { exposures }, { canaries: rows });
    expect(checkMemory(trial)).toMatchObject([
      {
        champion: 1,
        candidate: 9,
        outcome: "worse",
        remark: "1 of 2 known by heart: 7.6 bits or more",
      },
    ]);
    const same = madeUpTrial({ exposures }, { exposures }, { canaries: rows });
    expect(checkMemory(same)).toMatchObject([{ outcome: "same" }]);
  });
});
