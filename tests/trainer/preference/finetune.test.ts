/** `lfz finetune --method dpo` and `kto`, from made-up preferences to the figures on disk. */

import { mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readMetricsLog } from "../../../src/core/experiment/metrics-log.ts";
import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { finetune } from "../../../trainer/commands/finetune.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { SAME_FOR_EVER, tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { tinyPreferenceTraining, writePairs, writeThumbs } from "../support/tiny-preferences.ts";
import { runHere, trainHere } from "../support/train-here.ts";

async function tune(words: readonly string[], interruptAt?: string) {
  return runHere(finetune, words, { interruptAt });
}

const weightsOf = (name: string) => sha256OfFile(join("experiments", name, "model.safetensors"));

async function validationsOf(name: string) {
  const lines = await readMetricsLog(join("experiments", name, "metrics.jsonl"));
  return lines.flatMap((line) =>
    line.type === "evaluation" && line.split === "validation" ? [line] : [],
  );
}

describe("lfz finetune on preferences", () => {
  const folder = mkdtempSync(join(tmpdir(), "lfz-preferences-"));
  const before = process.cwd();
  const [pairs, thumbs, numbers] = [
    writePairs(folder),
    writeThumbs(folder),
    writeTinyCorpus(folder),
  ];

  beforeAll(async () => {
    process.chdir(folder);
    const base = tinyTraining(numbers, "base", SAME_FOR_EVER);
    const { code, said } = await trainHere([...base, "--steps", "6"]);
    if (code !== 0) throw new Error(said);
  }, 60_000);

  afterAll(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });

  async function expectLearnt(
    name: string,
    method: "dpo" | "kto",
    data: string,
    more: readonly string[],
  ): Promise<void> {
    const { code, said } = await tune(tinyPreferenceTraining(method, data, name, more));
    expect(code, said).toBe(0);

    const judged = await validationsOf(name);
    const [start, end] = [judged[0], judged.at(-1)];
    expect(judged.map(({ step }) => step)).toEqual([0, 6, 12]);
    expect(start?.preference?.margin).toBeCloseTo(0, 4);
    expect(start?.preference?.kl).toBeCloseTo(0, 6);
    expect(start?.preference?.loss).toBeCloseTo(method === "dpo" ? Math.log(2) : 0.5, 4);
    expect(end?.preference?.margin).toBeGreaterThan(0.1);
    expect(end?.preference?.loss).toBeLessThan(start?.preference?.loss ?? 0);
    expect(end?.preference?.accuracy).toBeGreaterThan(0.9);
    expect(end?.preference?.kl).toBeGreaterThan(0);
    expect(end?.preference?.kl).toBeLessThan(2); // it would take ln 280 = 5.6 to know nothing

    const record = await readRunRecord(`experiments/${name}`);
    expect(record.status).toBe("finished");
    expect(record.results.test?.preference?.margin).toBeGreaterThan(0.1);
  }

  it.each([
    ["whole", "dpo", pairs, ["--set", "klLimit=2"]],
    ["frozen", "kto", pairs, ["--freeze", "embed_tokens", "--set", "learningRate=0.02"]],
  ] as const)("comes to prefer what people do, near its start: %s", expectLearnt);

  it.each([
    ["adapters", "dpo", pairs, ["--lora", "2", "--set", "learningRate=0.08"]],
    ["thumbs", "kto", thumbs, []],
  ] as const)(
    "goes on where it stopped as if it had not: %s",
    async (name, method, data, more) => {
      await expectLearnt(name, method, data, more);
      const cut = `${name}-cut`;
      const start = await tune(
        tinyPreferenceTraining(method, data, cut, more),
        "step 6: validation",
      );
      expect(start.code, start.said).toBe(130);
      const other = await trainHere(["train", "--resume", cut, "--engine", "tfjs"]);
      expect(other.said).toContain("--engine tfjs cannot train");
      const rest = await trainHere(["train", "--resume", cut]);
      expect(rest.code, rest.said).toBe(0);
      expect(await weightsOf(cut)).toBe(await weightsOf(name));
      expect(await weightsOf(name)).not.toBe(await weightsOf("base"));
    },
    120_000,
  );

  it("ends at the KL limit with the best before it", async () => {
    const limited = ["--set", "klLimit=0.0001"];
    const { code, said } = await tune(tinyPreferenceTraining("dpo", pairs, "near", limited));
    expect(code, said).toBe(0);
    expect(said).toContain(
      "step 6: past the KL limit of 0.0001: back to the best before it, step 0",
    );
    expect(said).toContain("No step was better than none");
    expect(await weightsOf("near")).toBe(await weightsOf("base"));
  });

  it("refuses what contradicts the method, and writes nothing", async () => {
    const few = writePairs(temporaryFolder(), 1);
    const before = await readdir("experiments");
    const refused = async (words: string[]) => {
      const { code, said } = await tune(words);
      expect(code, said).toBe(2);
      return said;
    };
    const training = (method: "dpo" | "kto", data: string, more: string[] = []) =>
      refused(tinyPreferenceTraining(method, data, "no", more));

    expect(await training("dpo", thumbs)).toContain("line 1: DPO without pairs");
    expect(await training("dpo", numbers)).toContain("line 1: the row has neither");
    expect(await training("dpo", pairs, ["--loss", "all"])).toContain("--loss all does not go");
    expect(await training("dpo", pairs, ["--set", "desirableWeight=2"])).toContain("does not go");
    expect(await training("kto", pairs, ["--set", "beta=0"])).toContain("--set beta=0");
    expect(await training("dpo", few, ["--set", "klLimit=1"])).toContain("no prompt is held out");
    expect(await training("dpo", pairs, ["--engine", "tfjs"])).toContain("--engine tfjs cannot");
    const plain = ["--from", "experiments/base", "--data", pairs];
    expect(await refused(plain)).toContain("line 1: a pair of replies, no conversation");
    expect(await refused([...plain, "--set", "beta=1"])).toContain("--set beta: only preferences");
    expect(await readdir("experiments")).toEqual(before);
  });
});
