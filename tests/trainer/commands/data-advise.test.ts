/** `lfz data advise`: advice by a fit, and a fit of trainings that take a moment. */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { dataAdviseOn } from "../../../trainer/commands/data-advise.ts";
import { OWN_FIT, ScalingFit } from "../../../trainer/scaling/fit-file.ts";
import { madeUpMachine } from "../support/made-up-machine.ts";
import { madeUpFit } from "../support/made-up-runs.ts";
import { writeTinyCorpus } from "../support/tiny-corpus.ts";
import { runHere, workInTemporaryFolder } from "../support/train-here.ts";

const command = dataAdviseOn({
  machine: () => Promise.resolve(madeUpMachine()),
  headStart: () => Promise.resolve(1),
});
const advise = (words: readonly string[], options = {}) => runHere(command, words, options);

/** The last line of what was said. */
const resultOf = (said: string): unknown => JSON.parse(said.trimEnd().split("\n").at(-1) ?? "");

const SETTINGS = {
  layers: 1,
  ffnWidth: 48,
  context: 32,
  stepTokens: 128,
  microTokens: 64,
  warmupSteps: 2,
  evaluations: 1,
};
const overrides = Object.entries(SETTINGS).map(([key, value]) => `${key}=${value}`);
/** Six models of one layer, for a tenth and two tenths of a second. */
const refit = (data: string) => ["--data", data, ...REFIT];
const REFIT = "--refit --minutes-each 0.002,0.004 --vocab-size 280 --threads 1 --set"
  .split(" ")
  .concat(overrides);

describe("lfz data advise", () => {
  it("goes by the fit that ships, and says that it is of another corpus", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const { code, said } = await advise(["--data", data, "--minutes", "3", "--json"]);
    expect(code, said).toBe(0);
    expect(said).toContain("80 conversations");
    expect(said).toMatch(/^preset +vocabulary .* bits\/byte\nnano +262 /m);
    expect(said).toMatch(/trust the order of the presets more than the figures, or run --refit/);
    expect(resultOf(said)).toMatchObject({ minutes: 3, fit: { schema: 1 }, advice: {} });
  });

  it("names the preset, the vocabulary and the command, and what to doubt", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    writeFileSync("fit.json", JSON.stringify(madeUpFit()));
    const { code, said } = await advise(["--data", data, "--fit", "fit.json", "--json"]);
    expect(code, said).toBe(0);
    const { advice } = z
      .object({ advice: z.object({ preset: z.string(), vocabSize: z.int(), command: z.string() }) })
      .parse(resultOf(said));
    expect(advice.command).toBe(
      `lfz train --data ${data} --preset ${advice.preset} --vocab-size ${advice.vocabSize} --minutes 10`,
    );
    expect(said).toContain(`\n  ${advice.command}\n`);
    expect(resultOf(said)).toMatchObject({ headStart: { bitsPerByte: 1, promise: 0.75 } });
    expect(said).toMatch(/So little text goes further with a model that can talk already/);
    expect(said).toMatch(/Take \w+ with 262 tokens: after 10 min/);
    expect(said).toMatch(/With ten times the time: \w+ with/);
    expect(said).toMatch(/With ten times the text: \w+ with/);
    expect(said).toContain("The fit is of another corpus");
    expect(said).toMatch(/The text is read \d+ times/);
  });

  it("fits what it trains, goes on after Ctrl-C, and trains nothing twice", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const stopped = await advise(refit(data), { interruptAt: "Run 3 of 6: mini" });
    expect(stopped.code, stopped.said).toBe(130);
    expect(stopped.said).toContain("2 of 6 runs are finished and kept");
    expect(existsSync(OWN_FIT)).toBe(false);

    const folders = () => readdirSync("experiments").filter((name) => name.startsWith("scaling-"));
    const recordOf = (name: string) => statSync(join("experiments", name, "run.json")).mtimeMs;
    const finished = folders().filter((name) => !name.includes("mini"));
    const times = finished.map(recordOf);
    expect(times).toHaveLength(2);
    const { code, said } = await advise([...refit(data), "--json"]);
    expect(code, said).toBe(0);
    expect(said).not.toMatch(/Run [12] of 6/);
    expect(said).toContain("Resuming scaling-");
    expect(folders()).toHaveLength(6);

    const fit = ScalingFit.parse(JSON.parse(readFileSync(OWN_FIT, "utf8")));
    expect(fit.runs.map(({ preset, minutes }) => [preset, minutes])).toEqual([
      ["nano", 0.002],
      ["micro", 0.002],
      ["mini", 0.002],
      ["nano", 0.004],
      ["micro", 0.004],
      ["mini", 0.004],
    ]);
    expect(fit.settings.set).toEqual(["replyStretch=0", ...overrides]);
    expect(fit.corpus.files).toEqual(["numbers.jsonl"]);
    expect(said).toContain("Take ");
    expect(said).not.toContain("The fit is of another corpus");

    const again = await advise(refit(data));
    expect(again.code, again.said).toBe(0);
    expect(again.said).not.toContain("Run ");
    expect(finished.map(recordOf)).toEqual(times);
    expect(existsSync(join("experiments", finished[0], "checkpoint"))).toBe(false);
  }, 60_000);

  it.each([
    [["--minutes", "soon"], "--minutes soon: must be a number"],
    [["--minutes", "0"], "--minutes 0: must be more than 0"],
    [["--fit", "nowhere.json"], "scaling fit nowhere.json"],
    [["--fit", "x.json", "--refit"], "--fit x.json and --refit contradict each other"],
    [["--minutes-each", "1,2"], "--minutes-each says how --refit trains"],
    [["--set", "layers=1"], "--set says how --refit trains"],
    [["--refit", "--minutes-each", "1,x"], "--minutes-each 1,x: must be a number"],
    [["--refit", "--minutes-each", "2,2"], "--minutes-each 2: one length shows no trend"],
    [
      ["--refit", "--set", "width=64", "heads=2", "kvHeads=2", "layers=1", "ffnWidth=8"],
      "the same",
    ],
    [["--refit", "--set", "colour=red"], "--set colour: there is no such setting"],
  ])("refuses %j", async (words, complaint) => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const { code, said } = await advise(["--data", data, ...words]);
    expect(code).toBe(2);
    expect(said).toContain(complaint);
    expect(existsSync("experiments")).toBe(false);
  });

  it("refuses a corpus without text", async () => {
    workInTemporaryFolder();
    writeFileSync("empty.jsonl", "");
    expect((await advise(["--data", "empty.jsonl"])).said).toContain("empty.jsonl is empty");
    writeFileSync("silent.jsonl", '{"messages":[{"role":"user","content":""}]}');
    const { code, said } = await advise(["--data", "silent.jsonl"]);
    expect(said).toContain("holds no text");
    expect(code).toBe(2);
  });
});
