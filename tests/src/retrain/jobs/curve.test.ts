import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { Curves, NO_CURVE } from "../../../../src/retrain/jobs/curve.ts";
import { drawCurve, svgOf } from "../../../../src/retrain/jobs/draw-curve.ts";
import { exampleMetrics } from "../../../support/example-run.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

function run(name = "run") {
  const root = temporaryFolder();
  mkdirSync(join(root, name));
  const path = join(root, name, "metrics.jsonl");
  const write = (lines: readonly object[]) =>
    appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return { path, write, curves: new Curves(root), job: { candidate: name } };
}

const step = (number: number, loss: number | null = number) => ({
  type: "train",
  step: number,
  loss,
});

describe("the curve of a run", () => {
  it("is nothing before the run has begun", async () => {
    const { curves } = run();
    expect(await curves.of({})).toEqual(NO_CURVE);
    expect(await curves.of({ candidate: "other" })).toEqual(NO_CURVE);
  });

  it("grows with the file, leaves out what is no number, and takes a torn line when it is whole", async () => {
    const { path, write, curves, job } = run();
    write([step(1), step(2, null), { type: "note", step: 2, text: "a note" }]);
    appendFileSync(path, '{"type":"train","step":3,');
    expect((await curves.of(job)).train).toEqual([{ step: 1, loss: 1 }]);
    appendFileSync(path, '"loss":3}\n');
    write([
      { type: "evaluation", split: "validation", step: 3, loss: 4, preference: { loss: 0.5 } },
    ]);
    write([{ type: "evaluation", split: "test", step: 3, loss: 9 }]);
    expect(await curves.of(job)).toEqual({
      train: [
        { step: 1, loss: 1 },
        { step: 3, loss: 3 },
      ],
      validation: [{ step: 3, loss: 0.5 }],
    });
  });

  it("begins anew where a resumed run has taken lines back", async () => {
    const { path, write, curves, job } = run();
    write([step(1), step(2), step(3)]);
    await curves.of(job);
    writeFileSync(path, "");
    write([step(1)]);
    expect((await curves.of(job)).train).toEqual([{ step: 1, loss: 1 }]);
  });

  it("stays small however long the run is", async () => {
    const { write, curves, job } = run();
    write(exampleMetrics(5000));
    const { train } = await curves.of(job);
    expect(train.length).toBeGreaterThan(150);
    expect(train.length).toBeLessThanOrEqual(400);
    expect(train.at(-1)?.step).toBeGreaterThan(4950);
  });
});

describe("the picture of it", () => {
  const curve = {
    train: [4, 3, 2.5, 2.4].map((loss, index) => ({ step: index + 1, loss })),
    validation: [{ step: 3, loss: 2.8 }],
  };

  it("is a PNG of one size that needs no fonts", async () => {
    const png = await drawCurve(curve);
    expect(
      Buffer.from(png ?? [])
        .subarray(0, 8)
        .toString("latin1"),
    ).toBe("\x89PNG\r\n\x1a\n");
    const header = Buffer.from(png ?? []);
    expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([720, 280]);
    expect(svgOf(curve)).not.toContain("<text");
  });

  it("is drawn where nothing falls, and not before there are two steps", async () => {
    expect(svgOf({ train: curve.train.slice(0, 1), validation: [] })).toBeUndefined();
    const flat = { train: curve.train.map(({ step }) => ({ step, loss: 1 })), validation: [] };
    expect(svgOf(flat)).not.toMatch(/NaN|Infinity/);
  });
});
