import { describe, expect, it } from "vitest";

import { runLfz } from "../../support/run-lfz.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const TINY = ["width=32", "layers=1", "heads=2", "kvHeads=1", "ffnWidth=48", "context=32"];

const bench = (...args: string[]) =>
  runLfz(["bench", "train", "--threads", "1", "--steps", "1", ...args], { cwd: temporaryFolder() });

describe("lfz bench train", () => {
  it("times a model of any shape beside plain products", async () => {
    const size = ["--set", ...TINY, "--vocab-size", "256"];
    const { code, stdout, stderr } = await bench(...size);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/\d % of the \d+\.\d of plain products \(medians; the fastest of them/);
    const { json } = await bench(...size, "--json");
    expect(json).toMatchObject({ model: { width: 32, vocabSize: 256, layers: 1 }, device: "cpu" });
    const { gflops, gemmGflops, fastestGemmGflops, shareOfGemm } = json as Record<string, number>;
    expect(shareOfGemm).toBeCloseTo(gflops / gemmGflops, 12);
    expect(fastestGemmGflops).toBeGreaterThanOrEqual(gemmGflops);
  });

  it.each([
    ["learningRate=1", "--set learningRate: it changes nothing that is measured here."],
    ["heads=7", "This model cannot be built"],
  ])("refuses --set %s", async (pair, words) => {
    const { code, stderr } = await bench("--set", pair);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
