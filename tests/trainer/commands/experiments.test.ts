import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
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
import { experimentsCompare } from "../../../trainer/commands/experiments-compare.ts";
import { experimentsRemove } from "../../../trainer/commands/experiments-remove.ts";
import { appendSamples } from "../../../trainer/eval/samples.ts";
import { exampleFigures, exampleMetrics, exampleRun } from "../../support/example-run.ts";
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

  it("puts the best first when asked, and those without a result last", async () => {
    const root = await rootWithRuns();
    const results = { test: exampleFigures(2.5) };
    await writeRunRecord(join(root, "zoe"), exampleRun({ name: "zoe", results }));
    const { stdout } = await run(experimentsList, "--root", root, "--sort", "bits", "--json");
    const { experiments: rows } = JSON.parse(stdout) as { experiments: { name: string }[] };
    expect(rows.map(({ name }) => name)).toEqual(["zoe", "first", "foreign", "fresh"]);
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

describe("lfz experiments compare", () => {
  it("tells results, differences and curves, and draws both in one picture", async () => {
    const root = await rootWithRuns();
    const other = exampleRun({
      name: "other",
      training: { optimizer: "muon", peakLearningRate: 0.002, rows: 32, schedule: "cosine" },
      results: { test: exampleFigures(2.5) },
    });
    await writeRunRecord(join(root, "other"), other);
    const log = await openMetricsLog(join(root, "other", "metrics.jsonl"));
    for (const line of exampleMetrics(300)) await log.append(line);
    await log.close();

    const out = join(root, "both.html");
    const both = await run(experimentsCompare, "first", "other", "--root", root, "--out", out);
    expect(both.code, both.stderr).toBe(0);
    expect(both.stdout).toMatch(/^Different +first +other\noptimizer +adamw +muon\n\n/m);
    expect(both.stdout).toMatch(/^Loss \(nats a token\) +2\.930 +2\.500$/m);
    expect(both.stdout).toContain("other, training loss\n");
    expect(both.stdout).not.toContain("different conversations");
    const page = readFileSync(out, "utf8");
    expect(page.match(/class="dot validation"/g)?.length).toBeGreaterThan(5);
    expect(page.match(/class="dot train"/g)?.length).toBeGreaterThan(5);
  });

  it("warns where the figures do not compare", async () => {
    const root = await rootWithRuns();
    const stranger = exampleRun({ name: "stranger", tokenizerHash: "d".repeat(64) });
    stranger.data.files[0].sha256 = "e".repeat(64);
    await writeRunRecord(join(root, "stranger"), stranger);
    const { stdout } = await run(experimentsCompare, "first", "stranger", "--root", root, "--json");
    const { doubts } = JSON.parse(stdout) as { doubts: string[] };
    expect(doubts).toEqual([
      expect.stringContaining("different conversations"),
      expect.stringContaining("tokenizers differ"),
    ]);
  });

  it("needs two", async () => {
    const { code } = await run(experimentsCompare, "first", "--root", await rootWithRuns());
    expect(code).toBe(2);
  });
});

describe("lfz experiments remove", () => {
  it("removes a run whole, and only when sure", async () => {
    const root = await rootWithRuns();
    const asked = await run(experimentsRemove, "first", "--root", root);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("Nothing was removed");
    expect(existsSync(join(root, "first", "run.json"))).toBe(true);

    const done = await run(experimentsRemove, "first", "--root", root, "--yes", "--json");
    expect(done.code, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ removed: ["first"] });
    expect((await readdir(root)).sort()).toEqual(["foreign", "fresh"]);
  });

  it("removes nothing if one of them is not there, or is being written", async () => {
    const root = await rootWithRuns();
    const wrong = await run(experimentsRemove, "first", "frist", "--root", root, "--yes");
    expect(wrong.code).toBe(2);
    writeFileSync(join(root, "first", "lock"), "1"); // the first process of all is always alive
    const busy = await run(experimentsRemove, "first", "--root", root, "--yes");
    expect(busy.code).toBe(2);
    expect(busy.stderr).toContain("Process 1 is writing");
    expect(existsSync(join(root, "first", "run.json"))).toBe(true);
  });
});
