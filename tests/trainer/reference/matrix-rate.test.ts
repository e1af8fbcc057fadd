import { expect, it } from "vitest";

import { matrixRate } from "../../../trainer/reference/matrix-rate.ts";
import { openPureTensorFlow } from "../../../trainer/reference/open-tensorflow.ts";

it("counts the operations of the fastest product, and keeps nothing of them", async () => {
  const tensorFlow = await openPureTensorFlow();
  const before = tensorFlow.memory().numTensors;
  const times = [0, 40, 100, 110, 200, 220]; // 40, 10 and 20 ms
  const rate = matrixRate(tensorFlow, { width: 32 }, () => times.shift() ?? 0);
  expect(rate).toBeCloseTo((2 * 256 * 32 * 32) / 0.01, 3);
  expect(tensorFlow.memory().numTensors).toBe(before);
});
