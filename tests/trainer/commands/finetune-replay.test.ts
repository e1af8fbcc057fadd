/** `lfz finetune` on corrections: what is learnt, and what is forgotten with and without `--replay`. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { lineageOf, readLineage } from "../../../src/core/experiment/lineage.ts";
import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { evaluate } from "../../../trainer/commands/eval.ts";
import { experimentsShow } from "../../../trainer/commands/experiments.ts";
import { finetune } from "../../../trainer/commands/finetune.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { tinyPreferenceTraining, writePairs, writeThumbs } from "../support/tiny-preferences.ts";
import { runHere, trainHere } from "../support/train-here.ts";

/** How much of what was known, in nats a token, may be lost. */
const GATE = 0.3;

const weightsOf = (name: string) => sha256OfFile(join("experiments", name, "model.safetensors"));

/** Nats a token of the replies in a file. */
async function lossOf(name: string, data: string): Promise<number> {
  const words = [join("experiments", name), "--data", data, "--threads", "1", "--json"];
  const { code, said } = await runHere(evaluate, words);
  expect(code, said).toBe(0);
  const { loss } = JSON.parse(said.trimEnd().split("\n").at(-1) ?? "") as { loss: number };
  return loss;
}

/** Of the tiny corpus' world, and nothing that it says. */
function writeCorrections(folder: string): string {
  const lines = Array.from({ length: 40 }, (_, i) => ({
    messages: [
      { role: "user", content: `Shout ${i}!` },
      { role: "assistant", content: `${i}, hooray!` },
    ],
    licence: "CC0-1.0",
    consent: "written for this test",
    author: `pseudonym ${i % 3}`,
    id: i,
  }));
  const path = join(folder, "corrections.jsonl");
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  return path;
}

describe("lfz finetune on corrections", () => {
  const folder = mkdtempSync(join(tmpdir(), "lfz-replay-"));
  const before = process.cwd();
  const [originals, corrections] = [writeTinyCorpus(folder), writeCorrections(folder)];
  const replay = ["--replay", originals];

  /** The words after `lfz finetune`. */
  function correcting(name: string, more: readonly string[]): string[] {
    const settings = ["stepTokens=128", "evaluations=2", "warmupSteps=2", "learningRate=0.01"];
    const from = ["--from", "experiments/base", "--data", corrections, "--name", name];
    const budget = ["--threads", "1", "--steps", "30"];
    return [...from, ...budget, ...settings.flatMap((pair) => ["--set", pair]), ...more];
  }

  async function tune(words: readonly string[], interruptAt?: string) {
    return runHere(finetune, words, { interruptAt });
  }

  beforeAll(async () => {
    process.chdir(folder);
    const settings = { learningRate: 0.02 };
    const words = [...tinyTraining(originals, "base", settings), "--loss", "replies"];
    const { code, said } = await trainHere([...words, "--steps", "60"]);
    if (code !== 0) throw new Error(said);
  }, 60_000);

  afterAll(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });

  it("makes what people want likelier, and with a replay forgets no more than the gate lets it", async () => {
    expect((await tune(correcting("forgetful", []))).code).toBe(0);
    const { code, said } = await tune(correcting("mindful", [...replay, "--replay-share", "0.5"]));
    expect(code, said).toBe(0);
    const wanted = await lossOf("base", corrections);
    const known = await lossOf("base", originals);

    expect(await lossOf("forgetful", corrections)).toBeLessThan(wanted / 2);
    expect(await lossOf("mindful", corrections)).toBeLessThan(wanted / 2);
    expect((await lossOf("forgetful", originals)) - known).toBeGreaterThan(GATE);
    expect((await lossOf("mindful", originals)) - known).toBeLessThan(GATE);
  }, 60_000);

  it("writes down what is repeated, and says so before it begins", async () => {
    const plan = await tune(correcting("plan", [...replay, "--replay-share", "0.5", "--dry-run"]));
    expect(plan.said).toMatch(/repeated {4}5\d % of what is learnt: \d+ conversations an epoch/);
    expect(await readdir("experiments")).not.toContain("plan");

    const { data, flags, training } = await readRunRecord("experiments/mindful");
    expect(data.files.map(({ name }) => name)).toEqual(["corrections.jsonl"]);
    expect(data.replay?.files.map(({ name }) => name)).toEqual(["numbers.jsonl"]);
    expect(data.replay?.share).toBeGreaterThanOrEqual(0.5);
    expect(data.replay?.sources[0]?.licences).toEqual(["CC0-1.0"]);
    expect({ ...flags, ...training }).toMatchObject({ replay: [originals], replayShare: 0.5 });
  });

  it("notes whose words it learnt, shows how many they are, and never who", async () => {
    const shown = await runHere(experimentsShow, ["mindful"]);
    expect(shown.said).toContain("Learnt from 3 people's feedback.");
    const lineage = await readLineage("experiments/mindful");
    expect(lineage?.base).toBe("base");
    expect(lineage?.authors).toEqual(["pseudonym 0", "pseudonym 1", "pseudonym 2"]);
    expect(lineage?.rows).toHaveLength(40);
    expect(await lineageOf("experiments", "base")).toEqual({ authors: [], missing: [] });
    const files = await readdir("experiments/mindful");
    const texts = files.filter((name) => /\.(md|html|json|svg)$/.test(name));
    for (const name of texts.filter((one) => one !== "lineage.json")) {
      expect(readFileSync(join("experiments/mindful", name), "utf8")).not.toContain("pseudonym");
    }
    expect(readFileSync("experiments/mindful/README.md", "utf8")).toContain("3 people's feedback");
  });

  it.each([
    ["sft", correcting("whole", replay)],
    ["kto", tinyPreferenceTraining("kto", writeThumbs(folder), "whole-kto", replay)],
  ])(
    "goes on where it stopped as if it had not: %s",
    async (method, words) => {
      const [name, cut] = [method === "sft" ? "whole" : "whole-kto", `cut-${method}`];
      const whole = await tune(words);
      expect(whole.code, whole.said).toBe(0);
      const halves = words.map((word) => (word === name ? cut : word));
      const first = await tune(halves, `step ${method === "sft" ? 15 : 6}: validation`);
      expect(first.code, first.said).toBe(130);
      const rest = await trainHere(["train", "--resume", cut]);
      expect(rest.code, rest.said).toBe(0);
      expect(await weightsOf(cut)).toBe(await weightsOf(name));
      expect(await weightsOf(cut)).not.toBe(await weightsOf("base"));
    },
    60_000,
  );

  it("counts originals as good replies where thumbs are learnt", async () => {
    const words = (name: string, more: string[]) =>
      tinyPreferenceTraining("kto", writeThumbs(folder), name, more);
    await tune(words("thumbs", []));
    const known = await lossOf("base", originals);
    expect(await lossOf("whole-kto", originals)).toBeLessThan(await lossOf("thumbs", originals));
    expect((await lossOf("whole-kto", originals)) - known).toBeLessThan(GATE);
  }, 60_000);

  it("refuses too small a share, what has no licence, and pairs, and writes nothing", async () => {
    const present = await readdir("experiments");
    const refused = async (words: string[]) => {
      const { code, said } = await tune(words);
      expect(code, said).toBe(2);
      return said;
    };
    expect(await refused(correcting("no", [...replay, "--replay-share", "0.05"]))).toContain(
      "--replay-share 0.05: not a share from 0.1 on",
    );
    expect(await refused(correcting("no", ["--replay-share", "0.5"]))).toContain(
      "nothing is repeated",
    );
    const bare = join(folder, "bare.jsonl");
    writeFileSync(bare, `${JSON.stringify({ messages: [{ role: "user", content: "Hi" }] })}\n`);
    expect(await refused(correcting("no", ["--replay", bare]))).toContain("bare.jsonl, line 1");
    const pairs = tinyPreferenceTraining("dpo", writePairs(folder), "no", replay);
    expect(await refused(pairs)).toContain("--replay does not go with --method dpo");
    expect(await readdir("experiments")).toEqual(present);
  });
});
