/**
 * Trains the model that ships with the repository:
 *
 *     npm run starter -- [--corpora DIR] [--minutes M] [--base DIR] [--finetune-minutes M]
 *
 * First all text of everyday dialogues (the corpora of `data/sources.json`, as
 * far as DIR has them) together with the starter corpus, then the replies of the
 * starter corpus alone: twice, and the mean of the two is the starter.
 * Each step is a command that anybody can type; this file strings them together
 * and adds to the model card what only it knows.
 */

import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { runProcess } from "../../src/core/cli/process.ts";
import { HintedError } from "../../src/core/errors.ts";
import { sha256OfFile } from "../../src/core/files.ts";
import { learnTokenizer, lfz, program, removeExperiment } from "../../experiments/recipes/steps.ts";
import { describeStarter } from "./describe.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const WORK = "var/starter";
const BASE = "starter-base";
const FINAL = "starter";

/** 3.5 M parameters: two float16 copies, safetensors and ONNX, stay below 16 MB. */
const SHAPE = ["layers=5", "width=224", "heads=7", "kvHeads=7", "ffnWidth=608", "context=256"];
const VOCABULARY = 2048;
/** Each run misses other wordings; the mean of their weights misses hardly any (experiments/LOG.md). */
const SEEDS = [1, 3];

/** What `data/sources.json` says of a corpus that is not in the repository. */
const Source = z.looseObject({
  name: z.string(),
  file: z.string(),
  sha256: z.string(),
  licence: z.string(),
  url: z.string(),
});
export type Source = z.infer<typeof Source>;

const starter = defineCommand({
  name: "starter",
  summary: "Train the model that ships with the repository",
  usage: "[--corpora DIR] [--minutes M] [--base DIR] [--finetune-minutes M]",
  flags: z.strictObject({
    corpora: z.string().optional().describe("folder with the corpora of data/sources.json"),
    minutes: z.coerce.number().positive().default(55).describe("of learning all text"),
    base: z.string().optional().describe("begin with this model: leave out learning all text"),
    finetuneMinutes: z.coerce
      .number()
      .positive()
      .default(11)
      .describe("of learning replies, each time"),
  }),
  async run({ corpora: folder, minutes, base, finetuneMinutes }) {
    process.chdir(ROOT);
    const written = join(WORK, "conversations.jsonl");
    await program("data/starter/expand.ts", "--out", written);
    const sources = await findSources(folder);
    const corpora: string[] = [];
    for (const source of sources) corpora.push(await importCorpus(source));
    corpora.push(written);

    const baseFolder = base ?? (await trainBase(corpora, minutes));

    const runs: string[] = [];
    for (const seed of SEEDS)
      runs.push(await learnReplies(baseFolder, written, seed, finetuneMinutes));
    await removeExperiment(FINAL);
    await lfz("experiments", "average", ...runs, "--name", FINAL);
    await describeStarter(join("experiments", FINAL), { sources, corpora });
  },
});

/** @returns the name of a model that answers as the starter corpus does. */
async function learnReplies(
  base: string,
  data: string,
  seed: number,
  minutes: number,
): Promise<string> {
  const name = `${FINAL}-${seed}`;
  await removeExperiment(name);
  const from = ["--from", base, "--data", data, "--name", name, "--seed", `${seed}`];
  const settings = ["storage=float16", "stepTokens=4096", "warmupSteps=40"]; // it is a whole corpus
  await lfz("finetune", ...from, "--minutes", `${minutes}`, "--set", ...settings);
  return name;
}

/** @returns the folder of a model that has learnt all text. */
async function trainBase(corpora: readonly string[], minutes: number): Promise<string> {
  const tokenizer = join(WORK, "tokenizer");
  await learnTokenizer(corpora, VOCABULARY, tokenizer);

  await removeExperiment(BASE);
  const named = ["--name", BASE, "--tokenizer", tokenizer, "--minutes", `${minutes}`];
  await lfz("train", "--data", ...corpora, ...named, "--set", ...SHAPE, "replyStretch=0");

  // Out of experiments/, or it would be the newest model there and be served.
  const folder = join(WORK, "base");
  await rm(folder, { recursive: true, force: true });
  await rename(join("experiments", BASE), folder);
  return folder;
}

interface FoundSource extends Source {
  readonly path: string;
}

/** The corpora that are there and are the ones meant; without any, the starter corpus is all there is. */
async function findSources(folder: string | undefined): Promise<FoundSource[]> {
  if (!folder) return [];
  const listed = z.array(Source).parse(JSON.parse(await readFile("data/sources.json", "utf8")));
  const found: FoundSource[] = [];
  for (const source of listed) {
    const path = join(folder, source.file);
    if (!existsSync(path)) continue;
    if ((await sha256OfFile(path)) !== source.sha256) {
      throw new HintedError(`${path} is not the file that data/sources.json means.`, {
        hint: "Its SHA-256 differs: take it from its source again, or correct the entry.",
      });
    }
    found.push({ ...source, path });
  }
  return found;
}

/** The corpus with its licence and its consent on every row. */
async function importCorpus({ name, path, licence }: FoundSource): Promise<string> {
  const out = join(WORK, `${name}.jsonl`);
  await rm(out, { force: true });
  const consent = "published under this licence by its authors";
  await lfz("data", "import", path, "--out", out, "--licence", licence, "--consent", consent);
  return out;
}

await runProcess(
  [{ name: starter.name, load: () => Promise.resolve(starter) }],
  [starter.name, ...process.argv.slice(2)],
);
