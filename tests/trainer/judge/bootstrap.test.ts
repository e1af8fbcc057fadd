import { describe, expect, it } from "vitest";

import { Random } from "../../../src/core/random.ts";
import { bootstrap } from "../../../trainer/judge/bootstrap.ts";

const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

describe("bootstrap", () => {
  it("agrees with the formula for a mean: 1.96 standard errors each way", () => {
    const random = new Random(5);
    const rows = Array.from({ length: 400 }, () => 3 + random.normal());
    const centre = mean(rows);
    const deviation = Math.sqrt(mean(rows.map((row) => (row - centre) ** 2)));
    const error = (1.96 * deviation) / Math.sqrt(rows.length);
    const [low, high] = bootstrap([rows], mean);
    expect(low).toBeCloseTo(centre - error, 1.5);
    expect(high).toBeCloseTo(centre + error, 1.5);
  });

  it("gives the same interval for the same rows, and none where nothing differs", () => {
    expect(bootstrap([[1, 2, 3, 9]], mean)).toEqual(bootstrap([[1, 2, 3, 9]], mean));
    expect(bootstrap([[0, 0, 0]], mean)).toEqual([0, 0]);
  });

  it("draws as many of each group as there are", () => {
    const sizes = (good: number[] = [], bad: number[] = []) => good.length - 10 * bad.length;
    expect(bootstrap([[1, 2, 3], [4]], sizes)).toEqual([-7, -7]);
  });
});
