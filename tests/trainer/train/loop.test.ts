import { describe, expect, it } from "vitest";

import { runScript } from "../support/scripted-training.ts";

const notes = (lines: Awaited<ReturnType<typeof runScript>>["lines"]) =>
  lines.flatMap((line) => (line.type === "note" ? [line.text] : []));

/** Saves after every step. */
const saveAlways = { checkpointMinutes: 0.0001 };

describe("the training loop", () => {
  it("ends with its budget, the last state saved and every step told once", async () => {
    const { ending, state, weights, checkpoints, lines } = await runScript({ steps: 5 });
    expect(ending).toBe("budget");
    expect(state).toMatchObject({ step: 5, tokens: 80, cursor: { epoch: 0, row: 5 } });
    expect(weights[0]).toBe(5);
    expect(checkpoints.newestStep).toBe(5);
    expect(lines.filter(({ type }) => type === "train").map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  it("is judged and sampled as often as asked, and at the very end", async () => {
    const { sampled } = await runScript({ steps: 10, options: { evaluations: 4 } });
    expect(sampled).toEqual([3, 5, 8, 10]);
  });

  it("clips long gradients and leaves short ones", async () => {
    const { updates } = await runScript({
      steps: 2,
      options: { gradientClip: 2 },
      norm: (attempt) => (attempt === 1 ? 8 : 0.5),
    });
    expect(updates.map(({ clip }) => clip.toFixed(4))).toEqual(["0.2500", "1.0000"]);
  });

  it("saves and ends when somebody says stop", async () => {
    const controller = new AbortController();
    const { ending, state, checkpoints } = await runScript({
      steps: 100,
      controller,
      onUpdate: (update) => update === 3 && controller.abort(),
    });
    expect(ending).toBe("interrupted");
    expect(state.step).toBe(3);
    expect(checkpoints.newestStep).toBe(3);
  });
});

describe("early stopping", () => {
  it("ends the run and has kept the best weights", async () => {
    const losses = [3, 2, 2.5, 2.4, 1];
    const { ending, state, checkpoints, blocks, said } = await runScript({
      steps: 5,
      options: { evaluations: 5, patience: 2 },
      validation: (step) => losses[step - 1],
    });
    expect(ending).toBe("early-stop");
    expect(state).toMatchObject({ step: 4, best: { step: 2, loss: 2 }, waited: 2 });
    await checkpoints.restoreBest(blocks.weights);
    expect(blocks.weights.memory.data[0]).toBe(2);
    expect(said()).toContain(
      "step 2: validation loss 2.000, 2.000 bits/byte, accuracy 0.0 % (best)",
    );
  });
});

describe("a run that was cut off after it had stopped early", () => {
  it("learns no further when it is resumed", async () => {
    const { ending, state, updates } = await runScript({
      steps: 10,
      options: { patience: 2 },
      start: { step: 4, waited: 2, best: { step: 2, loss: 2 } },
    });
    expect(ending).toBe("early-stop");
    expect(state.step).toBe(4);
    expect(updates).toEqual([]);
  });
});

describe("a run that goes on with a larger budget", () => {
  it("is judged as often over all of it, and at its end", async () => {
    const { state, sampled } = await runScript({
      steps: 20,
      options: { evaluations: 4 },
      start: { step: 8, evaluations: 4, best: { step: 8, loss: 2 } }, // of 8 steps
      validation: () => 1,
    });
    expect(sampled).toEqual([10, 15, 20]);
    expect(state.best).toMatchObject({ step: 10, loss: 1 });
  });
});

describe("a run with nothing to validate", () => {
  it("goes on to its end, and says once that it does", async () => {
    const { ending, state, checkpoints, lines, sampled, said } = await runScript({
      steps: 10,
      options: { evaluations: 10, patience: 2, replyStretch: 0.2 },
      validation: () => undefined,
    });
    expect(ending).toBe("budget");
    expect(state).toMatchObject({ step: 10, loss: "replies", best: null });
    expect(checkpoints.newestStep).toBe(10);
    expect(lines.some(({ type }) => type === "evaluation")).toBe(false);
    expect(sampled).toHaveLength(10);
    expect(said().match(/Too little text to keep some for validation/g)).toHaveLength(1);
    expect(said()).not.toContain("NaN");
  });
});

describe("the last stretch", () => {
  it("learns to reply, goes on where the data was, and has a best of its own", async () => {
    const { state, opened, lines } = await runScript({
      steps: 10,
      options: { evaluations: 10, replyStretch: 0.3 },
      validation: (step, loss) => (loss === "all" ? 1 / step : 5 + step),
    });
    expect(opened).toEqual(["all", "replies"]);
    expect(state).toMatchObject({
      loss: "replies",
      cursor: { row: 10 },
      best: { step: 7, loss: 12 }, // what the stretch began with
    });
    expect(notes(lines)).toEqual(["from here on only replies count"]);
  });

  it("comes early, from the best weights, when there is no more to learn from all text", async () => {
    const { ending, state, opened, weights, updates } = await runScript({
      steps: 10,
      options: { evaluations: 10, replyStretch: 0.2, patience: 2, learningRate: 0.01 },
      validation: (step, loss) => (loss === "all" ? 3 + Math.abs(step - 2) : 9 - step),
    });
    expect(opened).toEqual(["all", "replies"]);
    expect(ending).toBe("budget");
    expect(state).toMatchObject({ step: 10, loss: "replies", cursor: { row: 10 } });
    expect(weights[0]).toBe(8); // at step 4 it went back to those of step 2
    const rates = updates.map(({ learningRate }) => learningRate);
    expect(rates.slice(0, 5)).toEqual([0.01, 0.01, 0.01, 0.01, expect.closeTo(0.001, 9)]);
    expect(rates.at(-1)).toBeLessThan(0.001); // the schedule goes on
  });

  it("leaves the best weights of all text where it learns nothing from replies", async () => {
    const { checkpoints, blocks, sampled } = await runScript({
      steps: 10,
      options: { evaluations: 10, replyStretch: 0.2, patience: 2 },
      validation: (step, loss) => (loss === "all" ? 3 + Math.abs(step - 2) : step),
    });
    await checkpoints.restoreBest(blocks.weights);
    expect(blocks.weights.memory.data[0]).toBe(2);
    expect(sampled).toEqual([1, 2, 3, 4, 5, 6]); // of what it begins with there is a sample already
  });

  it("is not entered by a run that learns replies from the start", async () => {
    const { opened } = await runScript({
      steps: 4,
      loss: "replies",
      options: { replyStretch: 0.5 },
    });
    expect(opened).toEqual(["replies"]);
  });
});

describe("a gradient that is not finite", () => {
  it("changes nothing, once", async () => {
    const { ending, state, updates, weights, lines } = await runScript({
      steps: 4,
      norm: (attempt) => (attempt === 2 ? NaN : 1),
    });
    expect(ending).toBe("budget");
    expect(state.step).toBe(4);
    expect(updates.length).toBe(3);
    expect(weights[0]).toBe(3);
    expect(notes(lines)).toEqual(["the gradient was not finite: no update"]);
  });

  it("three times in a row brings the run back to its checkpoint at half the rate", async () => {
    const options = { ...saveAlways, schedule: "linear", finalRate: 1, learningRate: 1 } as const;
    const { ending, state, updates, weights, said } = await runScript({
      steps: 6,
      options,
      norm: (attempt) => (attempt > 2 && attempt <= 5 ? Infinity : 1),
    });
    expect(ending).toBe("budget");
    expect(said()).toContain("back to step 2 with half the learning rate");
    expect(state).toMatchObject({ step: 6, rollbacks: 1, rateFactor: 0.5, cursor: { row: 6 } });
    expect(weights[0]).toBe(6);
    expect(updates.map(({ learningRate }) => learningRate)).toEqual([1, 1, 0.5, 0.5, 0.5, 0.5]);
  });

  it("again and again ends the run as diverged", async () => {
    const { ending, updates, state } = await runScript({ steps: 100, norm: () => NaN });
    expect(ending).toBe("diverged");
    expect(updates).toEqual([]);
    expect(state.rollbacks).toBe(3);
  });

  it("never lets broken weights into a checkpoint", async () => {
    const { ending, state, said } = await runScript({
      steps: 8,
      options: saveAlways,
      onUpdate(update, weights) {
        if (update === 3) weights[1] = Infinity; // it overflows: the gradients before it were finite
      },
      norm: (_, weights) => (Number.isFinite(weights[1]) ? 1 : NaN),
    });
    expect(said()).toContain("back to step 2");
    expect(ending).toBe("budget");
    expect(state.step).toBe(8);
  });
});

describe("a loss that jumps", () => {
  const options = { ...saveAlways, learningRate: 1, schedule: "linear", finalRate: 1 } as const;

  it("and stays up brings the run back to before the jump, at half the rate", async () => {
    const { ending, state, lines, updates } = await runScript({
      steps: 40,
      options,
      trainingLoss: (attempt) => (attempt > 20 && attempt <= 30 ? 4 : 1),
    });
    expect(ending).toBe("budget");
    // 23: the running mean has not yet risen by half of what counts as a jump
    expect(notes(lines)).toEqual([
      "the loss has jumped from 1.00 to 2.01: back to step 23 with half the learning rate",
    ]);
    expect(state).toMatchObject({ step: 40, rollbacks: 1, rateFactor: 0.5 });
    expect(updates.at(-1)!.learningRate).toBe(0.5);
  });

  it("for a step or two changes nothing", async () => {
    const { state, lines } = await runScript({
      steps: 40,
      options,
      trainingLoss: (attempt) => (attempt % 10 === 0 ? 4 : 1),
    });
    expect(state.rollbacks).toBe(0);
    expect(notes(lines)).toEqual([]);
  });

  it("for good is left alone once going back has been tried enough", async () => {
    const { ending, state } = await runScript({
      steps: 60,
      options,
      trainingLoss: (attempt) => (attempt > 20 ? 4 : 1),
    });
    expect(ending).toBe("budget");
    expect(state).toMatchObject({ step: 60, rollbacks: 3 });
  });
});
