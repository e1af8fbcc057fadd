import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readCorpus } from "../../../trainer/scaling/corpus.ts";
import { trainWithReport } from "../../../trainer/tokenizer/train-tokenizer.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { writeTinyCorpus } from "../support/tiny-corpus.ts";

/** Words without end, so that a vocabulary of a thousand tokens is full. */
function writeWords(folder: string, conversations: number): string {
  const word = (i: number) => `w${(i * 7919) % 1000}`;
  const lines = Array.from({ length: conversations }, (_, i) =>
    JSON.stringify({
      messages: [
        { role: "user", content: `${word(i)} ${word(i + 1)}` },
        { role: "assistant", content: `${word(i)} ${word(3 * i)} ${word(5 * i)}` },
      ],
    }),
  );
  const path = join(folder, "words.jsonl");
  writeFileSync(path, lines.join("\n"));
  return path;
}

describe("the facts of a corpus", () => {
  it("are its conversations, its text and what bytes alone come to", async () => {
    const { conversations, bytes, vocabularies } = await readCorpus([
      writeTinyCorpus(temporaryFolder(), 3),
    ]);
    const texts = [0, 1, 2].map((i) => `What is ${i}?${i} is a number, and ${i + 1} comes next.`);
    expect(conversations).toBe(3);
    expect(bytes).toBe(texts.join("").length);
    const [{ vocabSize, bytesPerToken, rarestPerByte }] = vocabularies;
    expect(vocabSize).toBe(262);
    expect(bytesPerToken).toBeCloseTo(bytes / (bytes + 3 * 4), 12); // <sos> <sep> <eos> <stop>
    expect(rarestPerByte).toBe(Infinity);
  });

  it("hold the vocabularies that its patterns fill, as training each alone would", async () => {
    const file = writeWords(temporaryFolder(), 3000);
    const { bytes, vocabularies } = await readCorpus([file]);
    expect(vocabularies.map(({ vocabSize }) => vocabSize)).toEqual([262, 512, 1024]);
    const texts: string[] = [];
    const word = (i: number) => `w${(i * 7919) % 1000}`;
    for (let i = 0; i < 3000; i++) {
      texts.push(`${word(i)} ${word(i + 1)}`, `${word(i)} ${word(3 * i)} ${word(5 * i)}`);
    }
    const { learnt } = await trainWithReport({ texts, vocabSize: 1024 });
    const tokens = (learnt.tokensAfter.at(-1) ?? NaN) + 3000 * 4;
    expect(vocabularies[2].bytesPerToken).toBeCloseTo(bytes / tokens, 9);
    expect(vocabularies[2].rarestPerByte * bytes).toBeCloseTo(learnt.rarest, 9);
  });

  it("are nearly the same from a sample", async () => {
    const file = writeWords(temporaryFolder(), 3000);
    const whole = await readCorpus([file]);
    const sampled = await readCorpus([file], { sampleBytes: whole.bytes * 0.6 });
    expect(sampled.bytes).toBe(whole.bytes);
    const ratio = sampled.vocabularies[2].bytesPerToken / whole.vocabularies[2].bytesPerToken;
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });

  it("stop being read when somebody says stop", async () => {
    const reading = readCorpus([writeTinyCorpus(temporaryFolder())], {
      signal: AbortSignal.abort(),
    });
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
