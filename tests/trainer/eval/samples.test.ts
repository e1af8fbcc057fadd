import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  appendSamples,
  dropSamplesAfter,
  readSamples,
  type SampleRound,
} from "../../../trainer/eval/samples.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function fileOf(rounds: readonly SampleRound[]): Promise<string> {
  const path = join(temporaryFolder(), "samples.md");
  for (const round of rounds) await appendSamples(path, round);
  return path;
}

describe("samples.md", () => {
  it("reads for a person", async () => {
    const samples = [{ prompt: "Hi <b>", reply: "two\nlines *each*" }];
    const path = await fileOf([{ step: 500, samples }]);
    expect(await readFile(path, "utf8")).toBe(
      "## Step 500\n\n**You**\n\n> Hi \\<b\\>\n\n**Bot**\n\n> two\n> lines \\*each\\*\n\n",
    );
  });

  it("reads back whatever was said", async () => {
    const said = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "\n", "> ", "## Step 1", "**Bot**\n\n> x", "\\", "a\r\nb", "\\\\*"),
    );
    const round = fc.record({
      step: fc.nat(),
      samples: fc.array(fc.record({ prompt: said, reply: said }), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 3 }), async (rounds) => {
        expect(await readSamples(await fileOf(rounds))).toEqual(rounds);
      }),
      { numRuns: 50 },
    );
  });

  it("passes over notes by hand and a torn end", async () => {
    const round = { step: 1, samples: [{ prompt: "a", reply: "b" }] };
    const path = await fileOf([round]);
    await appendFile(path, "I like this one.\n\n## Step");
    expect(await readSamples(path)).toEqual([round]);
  });

  it("forgets what came after the checkpoint a run goes back to", async () => {
    const rounds = [1, 2, 3].map((step) => ({ step, samples: [{ prompt: "a", reply: "b" }] }));
    const path = await fileOf(rounds);
    await dropSamplesAfter(path, 2);
    expect(await readSamples(path)).toEqual(rounds.slice(0, 2));
  });

  it("is empty where there is no file", async () => {
    expect(await readSamples(join(temporaryFolder(), "none"))).toEqual([]);
  });
});
