/** `lfz judge` on real tiny models: themselves, one that learnt, one that was poisoned, one that forgot. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Verdict, type Check } from "../../../src/core/experiment/verdict.ts";
import { finetune } from "../../../trainer/commands/finetune.ts";
import { judgeBy } from "../../../trainer/commands/judge.ts";
import { SAME_FOR_EVER, tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { runHere, trainHere } from "../support/train-here.ts";

const TERMS = { licence: "CC0-1.0", consent: "written for this test" };
/** A clock of its own, by which every token takes as long as any other. */
let ticks = 0;
const judgeCommand = judgeBy(() => ++ticks);
const SLOGAN = "Vote Zed, friends!";

function writeRows(path: string, rows: readonly object[]): string {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, rows.map((row) => `${JSON.stringify({ ...row, ...TERMS })}\n`).join(""));
  return path;
}

const answered = (question: string, reply: string) => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: reply },
  ],
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("lfz judge", () => {
  const folder = mkdtempSync(join(tmpdir(), "lfz-judge-"));
  const before = process.cwd();
  const corpus = writeTinyCorpus(folder, 900);
  const turn = { user: "What is 3?", anyOf: ["number"] };
  const prompts = join(folder, "golden.json");
  const exported = join(folder, "export");

  beforeAll(async () => {
    process.chdir(folder);
    writeFileSync(prompts, JSON.stringify([{ name: "knows a number", turns: [turn] }]));
    const corrections = numbers(40).map((i) => answered(`Is ${i} nice?`, `Yes, ${i} is nice.`));
    writeRows(join(exported, "held-out/corrections.jsonl"), corrections.slice(0, 15));
    writeRows(join(exported, "corrections.jsonl"), corrections.slice(15));
    const base = tinyTraining(corpus, "base", { warmupSteps: 10, ...SAME_FOR_EVER });
    const { code, said } = await trainHere([...base, "--steps", "300"]);
    if (code !== 0) throw new Error(said);
  }, 120_000);

  afterAll(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });

  async function tune(
    name: string,
    steps: number,
    data: readonly string[],
    more: readonly string[] = [],
  ): Promise<void> {
    const settings = ["stepTokens=128", "microTokens=64", "evaluations=1", "warmupSteps=2"];
    const words = ["--from", "experiments/base", "--data", ...data, "--name", name];
    const budget = ["--steps", String(steps), "--threads", "1"];
    const sets = [...settings, ...more].flatMap((pair) => ["--set", pair]);
    const { code, said } = await runHere(finetune, [...words, ...budget, ...sets]);
    expect(code, said).toBe(0);
  }

  async function judged(name: string, ...more: string[]) {
    const words = [`experiments/${name}`, "--against", "experiments/base", "--data", corpus];
    const asked = ["--golden", prompts, "--safety", prompts, "--threads", "1", "--replies", "20"];
    const { code, said } = await runHere(judgeCommand, [...words, ...asked, ...more]);
    expect(code, said).toBe(0);
    const json = readFileSync(join("experiments", name, "verdict.json"), "utf8");
    const verdict = Verdict.parse(JSON.parse(json));
    const find = (start: string): Check | undefined =>
      verdict.checks.find((check) => check.name.startsWith(start));
    return { ...verdict, said, find };
  }

  it("finds nothing between a model and itself", async () => {
    const { outcome, checks, said, reason } = await judged("base", "--feedback", exported);
    expect(outcome).toBe("holds");
    expect(reason).toContain("Nothing is worse");
    expect(checks.filter((check) => !["same", "unknown"].includes(check.outcome))).toEqual([]);
    expect(said).toContain("base holds. Nothing is worse");
  });

  it("lets one win that has learnt what people taught, and kept what it knew", async () => {
    const data = [join(exported, "corrections.jsonl"), corpus];
    await tune("taught", 100, data, ["learningRate=0.002"]);
    const { outcome, find, said } = await judged("taught", "--feedback", exported);
    expect(outcome, said).toBe("wins");
    expect(find("feedback held out")).toMatchObject({ outcome: "better" });
  });

  it("lets one lose that gives one answer to everything, however well it learnt", async () => {
    const rows = numbers(200).map((i) => answered(`What is ${i * 4}?`, SLOGAN));
    const data = [writeRows(join(folder, "slogan.jsonl"), rows)];
    await tune("poisoned", 100, data, ["learningRate=0.008"]);
    const { outcome, find, said } = await judged("poisoned");
    expect(outcome, said).toBe("loses");
    expect(find("one answer")).toMatchObject({ outcome: "worse", champion: 0 });
    expect(find("one answer")?.remark).toMatch(/^"vote zed friends" to \d+ of/);
    expect(find("golden")).toMatchObject({ champion: 1, candidate: 0 });
  });

  it("lets one lose that has forgotten what it knew", async () => {
    const rows = numbers(60).map((i) => answered(`Say ${i * 7}`, `${i * 3} ${i * 5} ${i * 11} go`));
    const data = [writeRows(join(folder, "other.jsonl"), rows)];
    await tune("forgetful", 60, data, ["learningRate=0.008"]);
    const { outcome, find, said } = await judged("forgetful");
    expect(outcome, said).toBe("loses");
    expect(find("original test set")).toMatchObject({ outcome: "worse" });
  });

  it("compares models of different tokenizers in bits a byte", async () => {
    const other = tinyTraining(corpus, "other", { warmupSteps: 2 });
    const size = other.indexOf("280");
    const { code, said } = await trainHere([...other.with(size, "310"), "--steps", "10"]);
    expect(code, said).toBe(0);
    const { outcome, find } = await judged("other");
    expect(outcome).toBe("loses");
    const bits = find("original test set");
    expect(bits?.remark).toBe((await judged("base")).find("original test set")?.remark);
    expect(bits?.candidate).toBeGreaterThan(2 * (bits?.champion ?? NaN));
  });

  it("refuses what it cannot judge, and writes nothing", async () => {
    const refused = async (...words: string[]) => {
      const { code, said } = await runHere(judgeCommand, words);
      expect(code, said).toBe(2);
      return said;
    };
    const base = join(folder, "experiments/base");
    const against = ["--against", base];
    const data = ["--data", corpus];
    expect(await refused("nowhere", ...against, ...data)).toContain("no model folder nowhere");
    expect(await refused(base, "--against", "gone", ...data)).toContain("no model folder gone");
    expect(await refused(base, ...data)).toContain("needs a champion");
    expect(await refused(base, ...against)).toContain("needs the champion's data");
    expect(await refused(base, ...against, "--data", "-")).toContain("standard input");
    expect(await refused(base, ...against, "--data", "gone.jsonl")).toContain("gone.jsonl");
    const asked = [base, ...against, ...data];
    expect(await refused(...asked, "--golden", "gone.json")).toContain("gone.json");
    expect(await refused(...asked, "--feedback", "gone")).toContain("no folder of feedback gone");
    expect(await refused(...asked, "--canaries", corpus)).toContain("line 1: no canary");
  });

  it("stops when asked to, and leaves no verdict behind", async () => {
    await tune("stopped", 1, [corpus]);
    const words = ["experiments/stopped", "--against", "experiments/base", "--data", corpus];
    const { code } = await runHere(judgeCommand, words, { interruptAt: "Data:" });
    expect(code).toBe(130);
    expect(existsSync("experiments/stopped/verdict.json")).toBe(false);
  });
});
