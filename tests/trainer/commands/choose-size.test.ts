/** The size that `lfz train` takes where none is named. */

import { writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createConsole } from "../../../src/core/cli/console.ts";
import { toTokenizerJson } from "../../../src/core/tokenizer/tokenizer-file.ts";
import { chooseSize, type SizeInput } from "../../../trainer/commands/choose-size.ts";
import { adviseOn } from "../../../trainer/scaling/advice.ts";
import { readCorpus } from "../../../trainer/scaling/corpus.ts";
import { findFit } from "../../../trainer/scaling/fit-file.ts";
import type { Budget } from "../../../trainer/train/budget.ts";
import { trainTokenizer } from "../../../trainer/tokenizer/train-tokenizer.ts";
import type { Overrides } from "../../../trainer/train/options.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { madeUpMachine } from "../support/made-up-machine.ts";
import { writeTinyCorpus } from "../support/tiny-corpus.ts";
import { workInTemporaryFolder } from "../support/train-here.ts";

interface Asked extends Budget {
  readonly input?: Partial<SizeInput>;
  readonly model?: Overrides["model"];
  /** The starter's bits a byte on the text. */
  readonly known?: number;
}

async function choose({ input, model = {}, known, ...budget }: Asked) {
  const streams = memoryStreams();
  const context = {
    console: createConsole(streams, { json: false }),
    signal: new AbortController().signal,
    fail: () => {},
  };
  let measured = 0;
  const surveys = {
    machine: () => {
      measured++;
      return Promise.resolve(madeUpMachine());
    },
    headStart: () => Promise.resolve(known),
  };
  const data = ["numbers.jsonl"];
  const asked = { data, engine: "onnxruntime", ...input } as const;
  const size = await chooseSize(asked, { model }, budget, context, surveys);
  return { size, measured, said: streams.stderr.text };
}

describe("the size of a model that none was named for", () => {
  it("is what the advice takes, and is said", async () => {
    const file = writeTinyCorpus(workInTemporaryFolder());
    const corpus = await readCorpus([file]);
    const { fit } = await findFit(undefined);
    const { best } = adviseOn(corpus, madeUpMachine(), 30, fit);
    const { size, said } = await choose({ minutes: 30 });
    expect(size).toEqual({ preset: best?.preset, vocabSize: best?.vocabSize });
    expect(said).toContain(
      `Size: ${size.preset} with ${size.vocabSize} tokens promises most in 30 min`,
    );
  });

  it("comes with another way, where a model that is there would go further", async () => {
    writeTinyCorpus(workInTemporaryFolder());
    const input = { licence: "private", consent: "we all agreed" };
    const { said } = await choose({ input, known: 1, minutes: 30 });
    expect(said).toMatch(/has 1\.00 bits\/byte before it is taught, about 0\.75 then/);
    expect(said).toMatch(
      /\n {2}lfz finetune --from \S+starter --data numbers\.jsonl --loss all --licence private --consent 'we all agreed'\n/,
    );
    expect((await choose({ known: 20, minutes: 30 })).said).not.toContain("finetune");
  });

  it("keeps to the vocabulary that was asked for", async () => {
    writeTinyCorpus(workInTemporaryFolder());
    const { size, said } = await choose({ input: { vocabSize: 300 }, minutes: 30 });
    expect(size.vocabSize).toBe(300);
    expect(said).toContain("with 300 tokens");
  });

  it("keeps to the tokenizer that is there", async () => {
    writeTinyCorpus(workInTemporaryFolder());
    const tokenizer = await trainTokenizer({ texts: ["a number comes next"], vocabSize: 266 });
    writeFileSync("tokenizer.json", toTokenizerJson(tokenizer));
    const { size, said } = await choose({ input: { tokenizer: "." }, minutes: 30 });
    expect(size.vocabSize).toBeUndefined();
    expect(said).toContain(`with ${tokenizer.vocabSize} tokens`);
  });

  it("is nobody's choice where it was made", async () => {
    const { size, measured, said } = await choose({ input: { preset: "mini" }, minutes: 30 });
    expect({ size, measured, said }).toEqual({
      size: { preset: "mini", vocabSize: undefined },
      measured: 0,
      said: "",
    });
  });

  it.each<[string, Asked]>([
    ["steps", { steps: 100 }],
    ["epochs", { minutes: 5, epochs: 2 }],
    ["a shape of its own", { minutes: 5, model: { width: 64 } }],
    ["another engine", { minutes: 5, input: { engine: "tfjs" } }],
  ])("is the usual one with %s", async (_, asked) => {
    const { size, measured } = await choose(asked);
    expect(size.preset).toBe("micro");
    expect(measured).toBe(0);
  });
});
