/** A trained run scored, exported again, and exported after it was cut off. */

import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { Command } from "../../../src/core/cli/command.ts";
import { runCommand } from "../../../src/core/cli/run-command.ts";
import { openModelFolder } from "../../../src/core/experiment/folder.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { evaluate } from "../../../trainer/commands/eval.ts";
import { exportCommand } from "../../../trainer/commands/export.ts";
import { finetune } from "../../../trainer/commands/finetune.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { trainHere, workInTemporaryFolder } from "../support/train-here.ts";

const CONVERSATIONS = 40;

async function run(command: Command, ...args: string[]) {
  const streams = memoryStreams();
  const code = await runCommand(command, args, streams, new AbortController().signal);
  const { stdout, stderr } = { stdout: streams.stdout.text, stderr: streams.stderr.text };
  return { code, stdout, stderr, json: () => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") };
}

async function trained(
  options: { interruptAt?: string; settings?: Readonly<Record<string, string | number>> } = {},
) {
  const data = writeTinyCorpus(workInTemporaryFolder(), CONVERSATIONS);
  const words = tinyTraining(data, "it", options.settings);
  const { code, said } = await trainHere([...words, "--steps", "9"], options);
  expect(code, said).toBe(options.interruptAt ? 130 : 0);
  return { data, folder: join("experiments", "it") };
}

/** Bytes of what the bot says in the corpus, and of all that is said. */
function spokenBytes(data: string): { replies: number; all: number } {
  const sizes = { replies: 0, all: 0 };
  for (const line of readFileSync(data, "utf8").trim().split("\n")) {
    for (const { role, content } of JSON.parse(line).messages) {
      const bytes = Buffer.byteLength(content);
      sizes.all += bytes;
      if (role === "assistant") sizes.replies += bytes;
    }
  }
  return sizes;
}

describe("lfz eval", () => {
  it("scores every conversation of the files, replies or both sides", async () => {
    const { data, folder } = await trained();
    const spoken = spokenBytes(data);

    const replies = await run(evaluate, folder, "--data", data, "--json");
    expect(replies.code, replies.stderr).toBe(0);
    const figures = replies.json();
    expect(Object.keys(figures)).toHaveLength(7);
    expect(figures.bytes).toBe(spoken.replies);
    expect(figures.perplexity).toBeCloseTo(Math.exp(figures.loss), 6);
    expect(figures.bitsPerByte).toBeCloseTo(
      (figures.loss * figures.tokens) / Math.LN2 / spoken.replies,
      6,
    );
    expect(figures.top5Accuracy).toBeGreaterThanOrEqual(figures.tokenAccuracy);

    const both = await run(evaluate, folder, "--data", data, "--all-turns");
    expect(both.stdout).toMatch(/Bits per byte +\d\.\d{3}\n/);
    const [, bytes] = /Bytes of text +([\d,]+)\n/.exec(both.stdout) ?? [];
    expect(Number(bytes?.replace(",", ""))).toBe(spoken.all);

    const few = await run(evaluate, folder, "--data", data, "--limit", "100", "--json");
    expect(few.json().tokens).toBeLessThan(figures.tokens / 2);
  });

  it("answers the prompts of the files, and tells what the replies are like", async () => {
    const { data, folder } = await trained();
    const asked = ["--data", data, "--replies", "500", "--json"];
    const { code, stderr, json } = await run(evaluate, folder, ...asked);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Replies to held-out prompts +model +data\n/);
    const { loss, replies } = json();
    expect(loss).toBeGreaterThan(0);
    expect(replies.reference).toMatchObject({ replies: CONVERSATIONS, ended: 1, meanWords: 8 });
    expect(replies.model.replies).toBe(CONVERSATIONS);
  });

  it("checks golden prompts without any data, and does not call a failing one an error", async () => {
    const { folder } = await trained();
    const turn = { user: "What is 3?", anyOf: ["no such words"] };
    const golden = [{ name: "says it cannot", turns: [turn, turn] }];
    writeFileSync("golden.json", JSON.stringify(golden));
    rmSync(join(folder, "model.safetensors"));
    const asked = [folder, "--golden", "golden.json", "--json"];
    const { code, stdout, stderr, json } = await run(evaluate, ...asked);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/fails +says it cannot +"What is 3\?" got "/);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(json().golden).toMatchObject({ prompts: 1, passed: 0, failed: 1 });
    expect(json().golden.results[0].replies).toHaveLength(2);
  });

  it("refuses what it cannot score", async () => {
    const { data, folder } = await trained();
    const nothing = join(process.cwd(), "questions.jsonl");
    const messages = [{ role: "user", content: "Hello?" }];
    writeFileSync(nothing, JSON.stringify({ messages, licence: "CC0-1.0", consent: "mine" }));
    const cases: [string[], string][] = [
      [["nowhere", "--data", data], "There is no model folder nowhere."],
      [[folder], "lfz eval needs conversations."],
      [[folder, "--replies", "5", "--golden", "gone.json"], "lfz eval needs conversations."],
      [[folder, "--golden", "gone.json"], "Cannot read the file of golden prompts gone.json"],
      [[folder, "--data", "gone.jsonl"], "Cannot read the conversation file gone.jsonl"],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await run(evaluate, ...args);
      expect(code).toBe(2);
      expect(stderr).toContain(`error: ${message}`);
    }
    rmSync(join(folder, "model.safetensors"));
    const { code, stderr } = await run(evaluate, folder, "--data", data);
    expect(code).toBe(2);
    expect(stderr).toContain(`lfz export ${folder} --format safetensors`);
  });
});

describe("lfz finetune", () => {
  it("refuses a model without weights to begin with, in words", async () => {
    const { folder, data } = await trained();
    rmSync(join(folder, "model.safetensors"));
    const { code, stderr } = await run(finetune, "--from", folder, "--data", data);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${folder} has no model.safetensors to begin with.`);
    expect(stderr).toContain(`lfz export ${folder} --format safetensors`);
  });
});

describe("a model whose layers differ", () => {
  const unlike = { layers: 2, ffnWidth: "20,48", activation: "relu2,swiglu" };

  it("is exported, scored, resumed and taught more like any other", async () => {
    const interruptAt = "step 3: validation";
    const { folder, data } = await trained({ interruptAt, settings: unlike });
    const exported = await run(exportCommand, folder);
    expect(exported.code, exported.stderr).toBe(0);
    const early = await run(evaluate, folder, "--data", data, "--json");

    const resumed = await trainHere(["train", "--resume", "it"]);
    expect(resumed.code, resumed.said).toBe(0);
    const { config } = await openModelFolder(folder);
    expect(config).toMatchObject({ ffnWidth: [20, 48], activation: ["relu2", "swiglu"] });
    const late = await run(evaluate, folder, "--data", data, "--json");
    expect(late.json().loss).toBeLessThan(early.json().loss);

    const more = ["--from", folder, "--data", data, "--steps", "2", "--name", "more"];
    const taught = await run(finetune, ...more, "--set", "learningRate=1e-9", "--json");
    expect(taught.code, taught.stderr).toBe(0);
    const same = await run(evaluate, String(taught.json().folder), "--data", data, "--json");
    expect(same.json().loss).toBeCloseTo(late.json().loss, 3); // it began where the other ended
  });
});

describe("lfz export", () => {
  it("writes the same files again, and missing ones from the checkpoint", async () => {
    const { folder } = await trained();
    const files = ["model.safetensors", join("onnx", "model.onnx")].map((file) =>
      join(folder, file),
    );
    const hashes = () => Promise.all(files.map(sha256OfFile));
    const before = await hashes();

    const again = await run(exportCommand, folder, "--json");
    expect(again.code, again.stderr).toBe(0);
    expect(again.json()).toMatchObject({ source: "model.safetensors" });
    expect(await hashes()).toEqual(before);

    rmSync(files[1]);
    appendFileSync(files[0], "damage");
    const rescued = await run(exportCommand, folder, "--json");
    expect(rescued.json()).toMatchObject({ source: "the best checkpoint" });
    expect(rescued.stderr).toContain("greedy tokens equal");
    expect(await hashes()).toEqual(before);
    await expect(openModelFolder(folder)).resolves.toMatchObject({ name: "it" });
  });

  it("does not vouch for a file that it did not write", async () => {
    const { folder } = await trained();
    const weights = join(folder, "model.safetensors");
    appendFileSync(weights, "damage");
    const { code, stderr } = await run(exportCommand, folder, "--format", "onnx");
    expect(code, stderr).toBe(0);
    await expect(openModelFolder(folder)).rejects.toThrow(`${weights} is damaged`);
  });

  it("makes a model of a run that was cut off", async () => {
    const { folder, data } = await trained({ interruptAt: "step 3: validation" });
    expect(existsSync(join(folder, "model.safetensors"))).toBe(false);
    const { code, stderr, stdout } = await run(exportCommand, folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`${folder}: written from the best checkpoint`);
    const { run: record } = await openModelFolder(folder);
    expect(record.status).toBe("interrupted");
    expect(record.parity["onnx/model.onnx"]).toMatchObject({ equalGreedy: 32, positions: 32 });
    expect((await run(evaluate, folder, "--data", data)).code).toBe(0);

    const resumed = await trainHere(["train", "--resume", "it"]);
    expect(resumed.code, resumed.said).toBe(0);
    expect((await openModelFolder(folder)).run.status).toBe("finished");
  });

  it("refuses a folder without weights", async () => {
    const { folder } = await trained();
    rmSync(join(folder, "model.safetensors"));
    rmSync(join(folder, "checkpoint"), { recursive: true });
    const { code, stderr } = await run(exportCommand, folder);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${folder} holds no whole weights`);
  });
});
