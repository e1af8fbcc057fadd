/**
 * Completes the starter's model card with what its own run cannot know: the
 * corpora its base learnt from, with their licences, and how much of what it
 * says stands in them word for word.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { writeFileAtomic } from "../../src/core/files.ts";
import { startEngine } from "../../src/generate/start-engine.ts";
import type { Engine } from "../../src/generate/types.ts";
import { readTexts } from "../../trainer/data/read-conversations.ts";
import { verbatimShare } from "../../trainer/eval/memorisation.ts";
import type { Source } from "./train.ts";

const WORDS = 8;
/** Replies drawn for each prompt, with a seed each. */
const DRAWS = 8;

const PROMPTS = [
  "Hi there!",
  "How are you doing today?",
  "What are you?",
  "What can you help me with?",
  "How do I teach you a better answer?",
  "Tell me something about movies.",
  "I had a long day at work.",
  "Do you like music?",
  "What do you think about football?",
  "Tell me a joke.",
  "What is the capital of Norway?",
  "My dog is sick and I am worried.",
  "What should I cook tonight?",
  "Can you write me an essay?",
  "Where does my data go?",
  "Good night!",
];

export interface Described {
  readonly sources: readonly Source[];
  /** The conversation files that were learnt from. */
  readonly corpora: readonly string[];
}

export async function describeStarter(
  folder: string,
  { sources, corpora }: Described,
): Promise<void> {
  const engine = await startEngine(folder);
  const samples: string[] = [];
  try {
    for (const content of PROMPTS) {
      for (let seed = 1; seed <= DRAWS; seed++)
        samples.push(await drawReply(engine, content, seed));
    }
  } finally {
    await engine.close();
  }
  const overlaps = [];
  for (const file of corpora) {
    overlaps.push({ file, ...(await verbatimShare(samples, readTexts([file]), WORDS)) });
  }
  const path = join(folder, "README.md");
  const card = await readFile(path, "utf8");
  await writeFileAtomic(
    path,
    `${card}\n${pretraining(sources)}\n${memorisation(overlaps, samples.length)}`,
  );
}

async function drawReply(engine: Engine, content: string, seed: number): Promise<string> {
  const request = { messages: [{ role: "user" as const, content }], sampling: { seed } };
  let reply = "";
  for await (const event of engine.generate(request))
    if (event.type === "text") reply += event.text;
  return reply;
}

function pretraining(sources: readonly Source[]): string {
  const rows = sources.map(({ name, licence, url }) => `| ${name} | ${licence} | ${url} |`);
  return `## What its base has read

The base was trained from random weights on these corpora, which are not part of
the repository, and on the starter corpus in \`data/starter/\` (MIT):

| corpus | licence | source |
| --- | --- | --- |
${rows.join("\n")}
`;
}

interface Overlap {
  readonly file: string;
  readonly share: number;
  readonly sequences: number;
}

function memorisation(overlaps: readonly Overlap[], replies: number): string {
  const rows = overlaps.map(({ file, share }) => {
    const name = file.replace(/^.*\//, "").replace(/\.jsonl$/, "");
    return `| ${name} | ${(share * 100).toFixed(1)} % |`;
  });
  return `## What it repeats

Of the ${overlaps[0]?.sequences ?? 0} sequences of ${WORDS} words in ${replies} sampled replies, this share stands
word for word in a corpus. The starter corpus (\`conversations\`) was written to be
learnt by heart; the others were not.

| corpus | verbatim |
| --- | --- |
${rows.join("\n")}
`;
}
