import { describe, expect, it } from "vitest";

import { textCurve } from "../../../trainer/eval/text-curve.ts";

const falling = Array.from({ length: 50 }, (_, x) => ({ x, y: 5 - x / 10 }));

describe("textCurve", () => {
  it("starts at the top left and ends at the bottom right where a loss falls", () => {
    const lines = textCurve(falling).split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatch(/^5\.00 [^\u2800]/u);
    expect(lines.at(-1)).toMatch(/^0\.10 .*[^\u2800]$/u);
    expect(lines.at(-1)).toMatch(/^0\.10 \u2800/u);
  });

  it("leaves out what is no number", () => {
    const holed = [...falling, { x: 50, y: NaN }, { x: 51, y: Infinity }];
    expect(textCurve(holed)).toBe(textCurve(falling));
  });

  it("draws nothing of one point, and a line of a flat curve", () => {
    expect(textCurve([{ x: 1, y: 1 }])).toBe("");
    const flat = textCurve([
      { x: 1, y: 2 },
      { x: 2, y: 2 },
    ]);
    expect(flat.split("\n")[0]).toMatch(/^2\.00 \u2800+$/u);
  });
});
