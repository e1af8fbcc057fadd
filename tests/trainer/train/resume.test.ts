/** The same seed gives the same weights, to the last bit, in one go or in two. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readMetricsLog } from "../../../src/core/experiment/metrics-log.ts";
import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { readEvents } from "../support/read-events.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { trainHere, workInTemporaryFolder } from "../support/train-here.ts";

const STEPS = 18;
const steps = ["--steps", String(STEPS)];

const weightsOf = (name: string) => sha256OfFile(join("experiments", name, "model.safetensors"));

async function lossesOf(name: string) {
  const lines = await readMetricsLog(join("experiments", name, "metrics.jsonl"));
  return lines.flatMap((line) => (line.type === "train" ? [[line.step, line.loss]] : []));
}

function tensorboardLossesOf(name: string) {
  const folder = join("experiments", name, "tensorboard");
  const events = readdirSync(folder).flatMap((file) =>
    readEvents(readFileSync(join(folder, file))),
  );
  return events.flatMap(({ step, scalars }) =>
    "train/loss" in scalars ? [[step, scalars["train/loss"]]] : [],
  );
}

describe("lfz train", () => {
  it("repeats itself, and goes on where it stopped as if it had not", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const once = await trainHere([...tinyTraining(data, "once"), ...steps]);
    expect(once.code, once.said).toBe(0);
    await trainHere([...tinyTraining(data, "twice"), ...steps]);
    expect(await weightsOf("twice")).toBe(await weightsOf("once"));

    const halves = [...tinyTraining(data, "halves"), ...steps, "--tensorboard"];
    const first = await trainHere(halves, { interruptAt: "step 6: validation" });
    expect(first.code, first.said).toBe(130);
    expect((await readRunRecord("experiments/halves")).status).toBe("interrupted");
    const second = await trainHere(["train", "--resume", "halves"]);
    expect(second.code, second.said).toBe(0);
    expect(await lossesOf("halves")).toEqual(await lossesOf("once"));
    expect(await weightsOf("halves")).toBe(await weightsOf("once"));
    const single = (await lossesOf("once")).map(([step, loss]) => [step, Math.fround(loss)]);
    expect(tensorboardLossesOf("halves")).toEqual(single);

    const late = [...tinyTraining(data, "late"), ...steps];
    const judged = await trainHere(late, { interruptAt: "export: largest" });
    expect(judged.code, judged.said).toBe(130);
    expect((await readRunRecord("experiments/late")).status).toBe("interrupted");
    expect((await trainHere(["train", "--resume", "late"])).code).toBe(0);
    expect((await readRunRecord("experiments/late")).status).toBe("finished");
    expect(await weightsOf("late")).toBe(await weightsOf("once"));

    const dropping = (name: string) => [...tinyTraining(data, name, { dropout: 0.2 }), ...steps];
    expect((await trainHere(dropping("dropping"))).code).toBe(0);
    expect((await trainHere(dropping("dropped"), { interruptAt: "step 6: validation" })).code).toBe(
      130,
    );
    expect((await trainHere(["train", "--resume", "dropped"])).code).toBe(0);
    expect(await weightsOf("dropped")).toBe(await weightsOf("dropping"));
    expect(await weightsOf("dropped")).not.toBe(await weightsOf("once"));

    const other = await trainHere([...tinyTraining(data, "other"), ...steps, "--seed", "2"]);
    expect(other.code, other.said).toBe(0);
    expect(await weightsOf("other")).not.toBe(await weightsOf("once"));
  });
});
