/** Trainings whose conversations come through standard input, which comes once. */

import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { readRunRecord, writeRunRecord } from "../../../src/core/experiment/run-record.ts";
import { runLfz } from "../../support/run-lfz.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { trainHere, workInTemporaryFolder } from "../support/train-here.ts";

/** As it was left by Ctrl-C, had its data come through standard input. */
async function interruptedRun(data: string) {
  const words = [...tinyTraining(data, "streamed"), "--steps", "18"];
  await trainHere(words, { interruptAt: "step 6: validation" });
  const folder = "experiments/streamed";
  const { flags, ...record } = await readRunRecord(folder);
  const streamed = { ...record, flags: { ...flags, data: ["-"] } };
  await writeRunRecord(folder, streamed);
  return { folder, record: streamed };
}

describe("a training from standard input", () => {
  it("goes on with the conversations that it began with, and with no others", async () => {
    const cwd = workInTemporaryFolder();
    const data = writeTinyCorpus(cwd);
    const { folder, record } = await interruptedRun(data);
    const resume = (stdin: string) => runLfz(["train", "--resume", "streamed"], { cwd, stdin });
    const same = readFileSync(data, "utf8");
    const other = same.replace("What is 7?", "What is seven?");
    expect(await resume(other)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("The data of streamed has changed since it was started."),
    });
    await writeRunRecord(folder, { ...record, data: { ...record.data, files: [] } }); // an older version's
    expect(await resume(other)).toMatchObject({ code: 2 });
    expect(await resume(same)).toMatchObject({ code: 0 });
  }, 60_000);

  it("learns its tokenizer from what it then trains on", async () => {
    const cwd = workInTemporaryFolder();
    const stdin = readFileSync(writeTinyCorpus(cwd), "utf8");
    const words = [...tinyTraining("-", "streamed"), "--steps", "1", "--dry-run", "--json"];
    const { code, stderr, json } = await runLfz(words, { cwd, stdin });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("Tokenizer: 280 tokens, learnt from the data.");
    expect(json).toMatchObject({ model: { vocabSize: 280 } });
  });
});

describe("standard input", () => {
  it("is not taken for empty where it was read before", async () => {
    const cwd = workInTemporaryFolder();
    const stdin = readFileSync(writeTinyCorpus(cwd), "utf8");
    const words = ["tokenizer", "train", "--data", "-", "-", "--out", "words"];
    const { code, stderr } = await runLfz(words, { cwd, stdin });
    expect(code).toBe(2);
    expect(stderr).toContain("error: Standard input comes only once, and it was read already.");
  });
});
