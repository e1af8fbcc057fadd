import { expect, it } from "vitest";

import { runLfz } from "../../support/run-lfz.ts";

it("lfz bench generate ends with its figures", async () => {
  const { code, json } = await runLfz(["bench", "generate", "--json"]);
  expect(code).toBe(0);
  const figure = expect.any(Number);
  expect(json).toMatchObject({
    bandwidthGBs: figure,
    firstTokenMs: figure,
    loopDelayP99Ms: figure,
    prefillTokensPerSecond: figure,
    decodeTokensPerSecond: { fp32: { "64": figure, "256": figure } },
    batchTokensPerSecond: { "1": figure, "4": figure, "8": figure },
  });
}, 120_000);
