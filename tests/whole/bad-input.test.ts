/** What people get wrong: exit code 2, one line that names it, one hint, no stack, nothing half-written. */

import { mkdtempSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { commands as botCommands } from "../../src/commands/index.ts";
import { findCommand, runCommand, unknownCommand } from "../../src/core/cli/run-command.ts";
import { commands as trainerCommands } from "../../trainer/commands/index.ts";
import { memoryStreams } from "../support/memory-streams.ts";
import { runLfz } from "../support/run-lfz.ts";

const NEVER = new AbortController().signal;

const GOOD =
  '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"licence":"MIT","consent":"mine"}';

/** Files of the folder in which every command below runs. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "good.jsonl": `${GOOD}\n`,
  "empty.jsonl": "",
  "text.jsonl": `${GOOD}\nThis is prose.\n`,
  "cut.jsonl": `${GOOD}\n${GOOD.slice(0, 40)}`,
  "rows.jsonl": `${GOOD}\n${GOOD}\n{"question":"Hi"}\n`,
  "latin.jsonl": Buffer.from(GOOD.replace("Hi", "Grüße"), "latin1"),
  "packed.jsonl.gz": "not gzip at all",
};

const TRAIN = ["train", "--steps", "1", "--data"];
const LEARN = ["tokenizer", "train", "--out", "words", "--data"];

const CASES: [args: readonly string[], ...says: string[]][] = [
  [["banana"], 'There is no command "banana"', "lfz --help"],
  [["tokenizer", "banana"], 'There is no command "tokenizer banana"'],
  [["chatt"], "Did you mean `lfz chat`?"],
  [["chat", "--modle", "x"], "lfz chat has no flag --modle", "Did you mean --model?"],
  [["chat", "--temperature", "hot"], "--temperature hot: must be a number"],
  [["chat", "-p", "Hi", "--model", "nowhere"], "There is no model folder nowhere"],
  [["chat", "-p", "Hi", "--model", "good.jsonl"], "good.jsonl"],
  [["start", "--port", "99999"], "--port 99999: must be at most 65535"],
  [["train"], "--data"],
  [[...TRAIN, "nowhere.jsonl"], "nowhere.jsonl: there is no such file"],
  [[...TRAIN, "empty.jsonl"], "empty.jsonl is empty"],
  [[...TRAIN, "text.jsonl"], 'text.jsonl, line 2: not JSON: "This is prose."'],
  [[...TRAIN, "cut.jsonl"], "cut.jsonl, line 2: the line is cut off"],
  [[...TRAIN, "rows.jsonl"], "rows.jsonl, line 3: the row has no messages"],
  [[...TRAIN, "latin.jsonl"], "latin.jsonl, line 1: not UTF-8"],
  [[...TRAIN, "packed.jsonl.gz"], "packed.jsonl.gz is not a whole gzip file"],
  [[...TRAIN, "good.jsonl", "--preset", "giant"], 'There is no preset "giant"', "micro"],
  [[...TRAIN, "good.jsonl", "--set", "context=0"], "--set context=0"],
  [
    [...TRAIN, "good.jsonl", "--set", "heads=5"],
    "width 192: width must be a multiple of heads x 16",
  ],
  [
    [...TRAIN, "good.jsonl", "--set", "kvHeads=4"],
    "kvHeads 4: heads must be a multiple of kvHeads",
  ],
  [[...TRAIN, "good.jsonl", "--set", "ffnWidth=8,9"], "ffnWidth [8,9]: has 2 values for 5 layers"],
  [
    [...TRAIN, "good.jsonl", "--set", "activation=tanh"],
    "--set activation=tanh",
    "swiglu, gelu, relu2",
  ],
  [[...TRAIN, "good.jsonl", "--set", "layers=9999"], "This training needs about", "smaller model"],
  [[...TRAIN, "good.jsonl", "--vocab-size", "100"], "100", "262"],
  [[...TRAIN, "good.jsonl", "--name", "taken"], "taken"],
  [["train", "--resume", "nowhere"], "nowhere"],
  [[...LEARN, "rows.jsonl"], "rows.jsonl, line 3: the row has no messages"],
  [[...LEARN, "good.jsonl", "--vocab-size", "100"], "100", "262"],
  [["tokenizer", "encode", "--tokenizer", "nowhere"], "nowhere"],
  [["data", "import", "rows.jsonl", "--out", "out.jsonl"], "rows.jsonl, line 3"],
  [["data", "advise"], "--data is missing"],
  [["data", "advise", "--data", "empty.jsonl"], "empty.jsonl is empty"],
  [["data", "advise", "--data", "good.jsonl", "--minutes", "soon"], "--minutes soon"],
  [["data", "advise", "--data", "good.jsonl", "--fit", "text.jsonl"], "is no scaling fit"],
  [["experiments", "show", "nowhere"], "There is no experiment experiments/nowhere"],
];

const commands = [...botCommands, ...trainerCommands];

/** Runs a command in this process: the dispatch to processes has its own tests. */
async function outcomeOf(args: readonly string[]) {
  const streams = memoryStreams();
  const found = findCommand(commands, args);
  const code = found
    ? await runCommand(await found.command.load(), found.rest, streams, NEVER)
    : unknownCommand(args, commands, streams);
  return { code, stdout: streams.stdout.text, stderr: streams.stderr.text };
}

describe("bad input", () => {
  const folder = mkdtempSync(join(tmpdir(), "lfz-bad-input-"));
  const before = process.cwd();

  beforeAll(async () => {
    await mkdir(join(folder, "experiments", "taken"), { recursive: true });
    for (const [name, content] of Object.entries(FILES)) {
      await writeFile(join(folder, name), content);
    }
    process.chdir(folder);
    vi.stubEnv("LFZ_LOG", "error");
  });

  afterAll(async () => {
    process.chdir(before);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it.each(CASES)("lfz %j", async (args, ...says) => {
    const { code, stdout, stderr } = await outcomeOf(args);
    for (const words of says) expect(stderr).toContain(words);
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(new Set(await readdir(folder, { recursive: true }))).toEqual(
      new Set(["experiments", join("experiments", "taken"), ...Object.keys(FILES)]),
    );
  });

  it("stops `lfz start` before anybody waits for a model that is not there", async () => {
    const args = ["start", "--model", "nowhere", "--port", "0"];
    const { code, stdout, stderr } = await runLfz(args, { cwd: folder });
    expect(stderr).toBe(
      "error: There is no model folder nowhere.\nhint: `lfz experiments list` shows the ones there are; `lfz train` makes one.\n",
    );
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("reads the same when it comes from the trainer's process", async () => {
    const args = ["data", "inspect", "nowhere.jsonl", "--json"];
    const here = await outcomeOf(args);
    expect(await runLfz(args, { cwd: folder })).toEqual({ ...here, json: undefined });
    expect(here.code).toBe(2);
  });
});
