import { describe, expect, it } from "vitest";

import { curvesSvg, lossChart, smooth, trainChart } from "../../../trainer/eval/curves.ts";
import { exampleMetrics } from "../../support/example-run.ts";
import { requireWellFormed } from "../../support/well-formed.ts";

const lines = exampleMetrics(100);

describe("curvesSvg", () => {
  it.each([
    ["a run", lines],
    ["a beginning", lines.slice(0, 1)],
    ["nothing", []],
    ["a run that diverged", lines.map((line) => ({ ...line, loss: NaN }))],
  ])("is well-formed for %s", (_, some) => {
    const svg = curvesSvg(some);
    requireWellFormed(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("stays small however long the run was", () => {
    expect(curvesSvg(exampleMetrics(20_000)).length).toBeLessThan(60_000);
  });

  it("follows the reader's light or dark and asks nobody for anything", () => {
    const svg = curvesSvg(lines);
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(
      /https?:|<script|@import|url\(/,
    );
  });

  it("says which evaluation was best", () => {
    const best = lossChart(lines, "steps").mark;
    expect(best?.x).toBe(100);
    expect(curvesSvg(lines)).toContain(best!.text);
  });
});

describe("lossChart", () => {
  it("runs along steps or along time in a fitting unit", () => {
    expect(lossChart(lines, "steps").xLabel).toBe("steps");
    expect(lossChart(lines, "time").xLabel).toBe("seconds");
    expect(lossChart(exampleMetrics(4000), "time").xLabel).toBe("minutes");
    const last = lossChart(exampleMetrics(4000), "time").series[0].points.at(-1);
    expect(last?.x).toBeCloseTo((4000 * 0.31) / 60, 9);
  });

  it("shows validation only; the test split is scored once", () => {
    const test = lines.map((line) =>
      line.type === "evaluation" ? { ...line, split: "test" as const } : line,
    );
    expect(lossChart(test, "steps").series[2].points).toEqual([]);
  });
});

describe("trainChart", () => {
  it("draws one number of each training step", () => {
    const [rate] = trainChart(lines, "Learning rate", "learningRate").series;
    expect(rate.points).toHaveLength(100);
  });
});

describe("smooth", () => {
  it("leaves a straight line where it is, and does not lag in its middle", () => {
    const slope = Array.from({ length: 801 }, (_, x) => ({ x, y: 10 - x / 100 }));
    expect(smooth(slope)[400].y).toBeCloseTo(6, 6);
    const flat = slope.map(({ x }) => ({ x, y: 3 }));
    for (const { y } of smooth(flat)) expect(y).toBeCloseTo(3, 9);
  });

  it("leaves out what is no number", () => {
    expect(
      smooth([
        { x: 1, y: 2 },
        { x: 2, y: NaN },
        { x: 3, y: 2 },
      ]),
    ).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 2 },
    ]);
  });
});
