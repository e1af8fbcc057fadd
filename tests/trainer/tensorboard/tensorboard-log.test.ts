import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  toEvaluationLine,
  type MetricsLine,
  type MetricsLog,
  type TrainLine,
} from "../../../src/core/experiment/metrics-log.ts";
import { withTensorBoard } from "../../../trainer/tensorboard/tensorboard-log.ts";
import { exampleMetrics } from "../../support/example-run.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { readEvents } from "../support/read-events.ts";

const CREATED = new Date("2026-11-23T14:05:09Z");
const CREATED_SECONDS = CREATED.getTime() / 1000;

const silentLog = (): MetricsLog => ({
  append: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

/** The files of a run that has been begun once, or begun and resumed, with these lines each time. */
async function eventsOf(...sessions: { before?: MetricsLine[]; appended?: MetricsLine[] }[]) {
  const folder = join(temporaryFolder(), "tensorboard");
  for (const [i, { before = [], appended = [] }] of sessions.entries()) {
    const now = new Date(CREATED.getTime() + i * 60_000);
    const options = { folder, lines: before, created: CREATED, now };
    const log = await withTensorBoard(silentLog(), options);
    for (const line of appended) await log.append(line);
    await log.close();
  }
  const names = readdirSync(folder);
  return { names, events: readEvents(readFileSync(join(folder, names[0]))) };
}

const trainLine = (step: number, loss = 2): TrainLine => ({
  type: "train",
  step,
  tokens: step * 10,
  seconds: step / 2,
  loss,
  learningRate: 0.001,
  gradientNorm: 0.5,
  tokensPerSecond: 20,
});

const JUDGED = {
  loss: 3,
  perplexity: 20,
  bitsPerByte: 1.5,
  tokenAccuracy: 0.4,
  top5Accuracy: 0.6,
  tokens: 100,
  bytes: 300,
};

describe("the event files of a run", () => {
  it("hold every figure of the metrics log at its step and time", async () => {
    const lines = exampleMetrics(20);
    const { names, events } = await eventsOf({ appended: lines });
    expect(names).toEqual([`events.out.tfevents.${CREATED_SECONDS}.lfz`]);
    expect(events[0]).toMatchObject({ version: "brain.Event:2", wallTime: CREATED_SECONDS });

    const figures = lines.filter((line) => line.type !== "note");
    const told = events.slice(2);
    expect(told.map(({ step }) => step)).toEqual(figures.map(({ step }) => step));
    for (const [i, line] of figures.entries()) {
      expect(told[i].wallTime).toBeCloseTo(CREATED_SECONDS + line.seconds, 6);
      const group = line.type === "train" ? "train" : line.split;
      const names = line.type === "train" ? TRAIN_FIGURES : EVALUATION_FIGURES;
      const expected = names.map((name) => [
        `${group}/${name}`,
        Math.fround(Number(Reflect.get(line, name))),
      ]);
      expect(told[i].scalars).toEqual(Object.fromEntries(expected));
    }
  });

  it("tell each step once after a resume, in one new file", async () => {
    const { names, events } = await eventsOf(
      { appended: [trainLine(1), trainLine(2), trainLine(3)] },
      { before: [trainLine(1), trainLine(2)], appended: [trainLine(3), trainLine(4)] },
    );
    expect(names).toEqual([`events.out.tfevents.${CREATED_SECONDS + 60}.lfz`]);
    expect(events.slice(2).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(events[1]).toMatchObject({ restarts: true, step: 0 }); // for whoever has read the old one
  });

  it("take back the steps that a run takes back", async () => {
    const { events } = await eventsOf({
      appended: [trainLine(1), trainLine(2), trainLine(3), trainLine(2), trainLine(3)],
    });
    const restarts = events.slice(2).map(({ step, restarts }) => [step, restarts]);
    expect(restarts).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [2, true],
      [2, false],
      [3, false],
    ]);
  });

  it("hold what preference training measures, apart from the loss of the words", async () => {
    const preference = { loss: 0.6, margin: 0.25, accuracy: 0.75, logRatio: -0.125, kl: 0.5 };
    const judged = toEvaluationLine(
      "validation",
      { step: 1, tokens: 10, seconds: 1 },
      { ...JUDGED, preference },
      true,
    );
    const { kl: _, ...ofStep } = preference;
    const trained: MetricsLine = { ...trainLine(1), preference: ofStep };
    const { events } = await eventsOf({ appended: [trained, judged] });
    expect(events[2].scalars).toMatchObject({ "train/loss": 2, "train/preference/margin": 0.25 });
    expect(events[2].scalars).not.toHaveProperty(["train/preference/kl"]);
    const validation = {
      "validation/loss": 3,
      "validation/preference/loss": Math.fround(0.6),
      "validation/preference/margin": 0.25,
      "validation/preference/accuracy": 0.75,
      "validation/preference/logRatio": -0.125,
      "validation/preference/kl": 0.5,
    };
    expect(events[3].scalars).toMatchObject(validation);
  });

  it("say so where a figure was no number", async () => {
    const { events } = await eventsOf({ appended: [trainLine(1, NaN)] });
    expect(events[2].scalars["train/loss"]).toBeNaN();
  });
});

const TRAIN_FIGURES = ["loss", "learningRate", "gradientNorm", "tokensPerSecond"];
const EVALUATION_FIGURES = ["loss", "perplexity", "bitsPerByte", "tokenAccuracy", "top5Accuracy"];
