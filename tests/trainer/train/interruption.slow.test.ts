/** A run that was cut off comes out as if it had not been: to the last bit. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { nodeArguments } from "../../../src/core/entry.ts";
import { readMetricsLog } from "../../../src/core/experiment/metrics-log.ts";
import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { readSafetensors } from "../../../src/core/experiment/safetensors.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { runLfz, startLfz } from "../../support/run-lfz.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";

const STEPS = 30;

/** A checkpoint after every step, so that there is one wherever the run is cut off. */
const settings = { checkpointMinutes: 1e-6 };

/** What must be equal: the finished weights, and everything the last checkpoint holds. */
async function outcomeOf(folder: string) {
  const tensors = await readSafetensors(
    join(folder, "checkpoint", `step-${String(STEPS).padStart(8, "0")}.safetensors`),
  );
  const metrics = await readMetricsLog(join(folder, "metrics.jsonl"));
  return {
    weights: await sha256OfFile(join(folder, "model.safetensors")),
    checkpoint: [...tensors].map(([name, { data }]) => [name, [...data]]),
    losses: metrics.flatMap((line) => (line.type === "train" ? [[line.step, line.loss]] : [])),
  };
}

async function straightRun(home: string, data: string) {
  const args = [...tinyTraining(data, "straight"), "--steps", String(STEPS)];
  const { code, stderr } = await runLfz(args, { cwd: home });
  expect(code, stderr).toBe(0);
  return outcomeOf(join(home, "experiments", "straight"));
}

describe("a run", () => {
  it("comes out the same without interruption, after Ctrl-C and after a kill", async () => {
    const home = temporaryFolder();
    const data = writeTinyCorpus(home);
    const steps = ["--steps", String(STEPS)];
    const truth = await straightRun(home, data);
    expect(truth.losses.map(([step]) => step)).toEqual(
      Array.from({ length: STEPS }, (_, i) => i + 1),
    );

    // Ctrl-C
    const stopped = startLfz([...tinyTraining(data, "stopped", settings), ...steps], { cwd: home });
    await stopped.said("step 10: validation");
    stopped.process.kill("SIGINT");
    const interrupted = await stopped.result;
    expect(interrupted.code, interrupted.stderr).toBe(130);
    expect(interrupted.stderr).toMatch(
      /Saved at step \d+\. Continue with: lfz train --resume stopped/,
    );
    const folder = join(home, "experiments", "stopped");
    expect((await readRunRecord(folder)).status).toBe("interrupted");
    expect(readdirSync(folder)).not.toContain("model.safetensors");
    const resumed = await runLfz(["train", "--resume", "stopped"], { cwd: home });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await readRunRecord(folder)).status).toBe("finished");
    expect(await outcomeOf(folder)).toEqual(truth);

    // kill -9 of the process that trains: nothing is tidied up
    const words = [...tinyTraining(data, "killed", settings), ...steps];
    await killWhenItSays("step 10: validation", words, home);
    const killed = join(home, "experiments", "killed");
    expect((await readRunRecord(killed)).status).toBe("running");
    const continued = await runLfz(["train", "--resume", "killed"], { cwd: home });
    expect(continued.code, continued.stderr).toBe(0);
    expect(await outcomeOf(killed)).toEqual(truth);

    const again = await runLfz(["train", "--resume", "killed"], { cwd: home });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("killed is finished; there is nothing to resume.");
  });

  it("cannot be resumed where there is nothing to resume", async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, "experiments", "empty"), { recursive: true });
    for (const name of ["empty", "never-started"]) {
      const { code, stderr } = await runLfz(["train", "--resume", name], { cwd: home });
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
    }
  });
});

/** The trainer alone, without `lfz` before it. */
async function killWhenItSays(text: string, words: readonly string[], cwd: string): Promise<void> {
  const entry = new URL("../../../trainer/main.ts", import.meta.url);
  const trainer = spawn(process.execPath, [...nodeArguments(entry), ...words], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  trainer.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    if (said.includes(text)) trainer.kill("SIGKILL");
  });
  const [code, signal] = (await once(trainer, "close")) as [number | null, string | null];
  expect({ code, signal }, said).toEqual({ code: null, signal: "SIGKILL" });
}
