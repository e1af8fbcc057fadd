import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runCommand } from "../../../src/core/cli/run-command.ts";
import type { Command } from "../../../src/core/cli/command.ts";
import { openMetricsLog } from "../../../src/core/experiment/metrics-log.ts";
import { writeRunRecord } from "../../../src/core/experiment/run-record.ts";
import {
  experiments,
  experimentsList,
  experimentsShow,
} from "../../../trainer/commands/experiments.ts";
import { appendSamples } from "../../../trainer/eval/samples.ts";
import { exampleMetrics, exampleRun } from "../../support/example-run.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function run(command: Command, ...args: string[]) {
  const streams = memoryStreams();
  const code = await runCommand(command, args, streams, new AbortController().signal);
  return { code, stdout: streams.stdout.text, stderr: streams.stderr.text };
}

async function rootWithRuns(): Promise<string> {
  const root = temporaryFolder();
  const first = join(root, "first");
  await writeRunRecord(first, exampleRun({ name: "first" }));
  const log = await openMetricsLog(join(first, "metrics.jsonl"));
  for (const line of exampleMetrics(600)) await log.append(line);
  await log.close();
  await appendSamples(join(first, "samples.md"), {
    step: 600,
    samples: [{ prompt: "Hello?", reply: "Hi, how are you?" }],
  });
  const fresh = exampleRun({ name: "fresh", status: "running", finished: null, results: {} });
  await writeRunRecord(join(root, "fresh"), fresh);
  await mkdir(join(root, "foreign"));
  return root;
}

describe("lfz experiments list", () => {
  it("shows a table of what is there, readable or not", async () => {
    const root = await rootWithRuns();
    const { code, stdout, stderr } = await run(experimentsList, "--root", root);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "name     status      parameters  minutes  test loss  bits per byte",
      "first    finished         5.8 M      3.1      2.930          1.141",
      "foreign  unreadable           -        -          -              -",
      "fresh    running          5.8 M      0.0          -              -",
    ]);
    expect(stderr).toContain("has no run.json");
  });

  it("ends with one JSON object when asked", async () => {
    const { stdout } = await run(experiments, "--root", await rootWithRuns(), "--json");
    const { experiments: rows } = JSON.parse(stdout) as { experiments: unknown[] };
    expect(rows[0]).toMatchObject({ name: "first", status: "finished", testLoss: 2.93 });
  });

  it("says how to begin where there is nothing", async () => {
    const { code, stdout } = await run(experimentsList, "--root", join(temporaryFolder(), "no"));
    expect(code).toBe(0);
    expect(stdout).toContain("`lfz train` makes one");
  });
});

describe("lfz experiments show", () => {
  it("tells results, data, settings and the latest samples", async () => {
    const { code, stdout } = await run(experimentsShow, "first", "--root", await rootWithRuns());
    expect(code).toBe(0);
    for (const told of ["first (finished)", "1.141", "CC-BY-4.0", "peakLearningRate", "Hello?"]) {
      expect(stdout).toContain(told);
    }
  });

  it("names the ones there are when there is none of that name", async () => {
    const root = await rootWithRuns();
    const { code, stderr } = await run(experimentsShow, "frist", "--root", root);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error: There is no experiment ${join(root, "frist")}.\nhint: There are: first, foreign, fresh.\n`,
    );
  });

  it("does not leave the root", async () => {
    const { code, stderr } = await run(experimentsShow, "../first", "--root", temporaryFolder());
    expect(code).toBe(2);
    expect(stderr).toContain("cannot be the name");
  });
});
