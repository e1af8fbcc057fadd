import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bitsPerByteOf, effectiveBytes } from "../../../trainer/scaling/law.ts";

const positive = (max: number) => fc.double({ min: 1e-3, max, noNaN: true });

describe("text that is read again", () => {
  it("counts in full the first time", () => {
    expect(effectiveBytes({ bytes: 700, uniqueBytes: 1000 })).toBe(700);
    expect(effectiveBytes({ bytes: 1000, uniqueBytes: 1000 })).toBe(1000);
  });

  it("counts nearly in full the second time, and comes to no more than six readings", () => {
    const second = effectiveBytes({ bytes: 2001, uniqueBytes: 1000 }) / 1000;
    expect(second).toBeCloseTo(1 + 5 * (1 - Math.exp(-1.001 / 5)), 12);
    expect(second).toBeGreaterThan(1.9);
    expect(effectiveBytes({ bytes: 1e9, uniqueBytes: 1000 })).toBeCloseTo(6000, 6);
  });

  it("never counts more than was read, and more of it never counts less", () => {
    fc.assert(
      fc.property(positive(1e9), positive(1e9), positive(1e9), (bytes, more, uniqueBytes) => {
        const once = effectiveBytes({ bytes, uniqueBytes });
        expect(once).toBeLessThanOrEqual(bytes * (1 + 1e-12));
        expect(effectiveBytes({ bytes: bytes + more, uniqueBytes })).toBeGreaterThanOrEqual(once);
      }),
    );
  });

  it("is worth less than other text", () => {
    const bytes = 5000;
    const law = { E: 1, A: 10, alpha: 0.3, B: 10, beta: 0.3 };
    const reached = (uniqueBytes: number) =>
      bitsPerByteOf(law, { parameters: 1e6, bytes, uniqueBytes });
    expect(reached(1000)).toBeGreaterThan(reached(5000));
  });
});

describe("the law", () => {
  it("is the sum that Hoffmann et al. wrote", () => {
    const law = { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 };
    const scale = { parameters: 70e9, bytes: 1.4e12, uniqueBytes: Infinity };
    expect(bitsPerByteOf(law, scale)).toBeCloseTo(1.69 + 0.0831 + 0.1636, 3);
  });
});
