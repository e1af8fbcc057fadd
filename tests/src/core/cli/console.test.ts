import { describe, expect, it } from "vitest";

import {
  createConsole,
  formatBytes,
  formatCount,
  formatDuration,
} from "../../../../src/core/cli/console.ts";
import { memoryStreams } from "../../../support/memory-streams.ts";

describe("createConsole", () => {
  it("prints results on stdout and notes on stderr", () => {
    const streams = memoryStreams();
    const console = createConsole(streams, { json: false });
    console.print("result");
    console.write("half");
    console.note("plan");
    expect(streams.stdout.text).toBe("result\nhalf");
    expect(streams.stderr.text).toBe("plan\n");
  });

  it("keeps stdout for the JSON line with --json", () => {
    const streams = memoryStreams();
    const console = createConsole(streams, { json: true });
    console.print("result");
    console.write("half");
    expect(streams.stdout.text).toBe("");
    expect(streams.stderr.text).toBe("result\nhalf");
  });
});

describe("progress", () => {
  it("is a plain line every ten seconds away from a terminal, and one at the end", () => {
    const streams = memoryStreams();
    const progress = createConsole(streams, { json: false }).progress("Training");
    progress.update({ fraction: 0, text: "loss 9.0" });
    streams.clock.milliseconds = 10_000;
    progress.update({ fraction: 0.25, text: "loss 4.0" });
    progress.update({ fraction: 0.3, text: "loss 3.9" });
    streams.clock.milliseconds = 20_000;
    progress.update({ fraction: 0.5, text: "loss 3.0" });
    progress.update({ fraction: 1, text: "loss 2.0" });
    progress.done();
    expect(streams.stderr.text).toBe(
      [
        "Training 25 % loss 4.0 ETA 30 s\n",
        "Training 50 % loss 3.0 ETA 20 s\n",
        "Training 100 % loss 2.0\n",
      ].join(""),
    );
  });

  it("says nothing there about work that is quickly done", () => {
    const streams = memoryStreams();
    const progress = createConsole(streams, { json: false }).progress("Reading");
    streams.clock.milliseconds = 9000;
    progress.update({ fraction: 1, text: "" });
    progress.done();
    expect(streams.stderr.text).toBe("");
  });

  it("draws a bar in place on a terminal, never wider than it, and wipes it", () => {
    const streams = memoryStreams({ terminal: true });
    streams.stderr.columns = 60;
    const console = createConsole(streams, { json: false });
    const progress = console.progress("Training");
    progress.update({ fraction: 0.5, text: "loss 3.0 and much more that does not fit" });
    expect(streams.stderr.text).toMatch(/^\rTraining █{12}░{12} {2}50 % loss 3\.0/);
    expect(streams.stderr.text.replace(/\r|\x1b\[K/g, "")).toHaveLength(59);

    streams.stderr.text = "";
    console.note("saved");
    expect(streams.stderr.text).toBe("\r\x1b[Ksaved\n");
  });

  it("survives an estimate that overshoots", () => {
    const streams = memoryStreams({ terminal: true });
    const progress = createConsole(streams, { json: false }).progress("Training");
    progress.update({ fraction: 1.2, text: "" });
    expect(streams.stderr.text).toContain("█".repeat(24));
    expect(streams.stderr.text).toContain("100 %");
  });
});

describe("reports to whoever started the process", () => {
  it("tell title, fraction and time left, once a second", () => {
    const streams = memoryStreams();
    const reports: unknown[] = [];
    const report = (progress: unknown) => reports.push(progress);
    const progress = createConsole({ ...streams, report }, { json: true }).progress("train");
    progress.update({ fraction: 0, text: "loss 9" });
    streams.clock.milliseconds = 500;
    progress.update({ fraction: 0.1, text: "loss 8" });
    streams.clock.milliseconds = 1000;
    progress.update({ fraction: 0.25, text: "loss 7" });
    expect(reports).toEqual([
      { title: "train", fraction: 0, text: "loss 9", remainingMs: undefined },
      { title: "train", fraction: 0.25, text: "loss 7", remainingMs: 3000 },
    ]);
    expect(streams.stderr.text).toBe("");
  });
});

describe("numbers for people", () => {
  it("says durations, counts and bytes in one or two units", () => {
    expect([4000, 200_000, 7_500_000].map(formatDuration)).toEqual([
      "4 s",
      "3 min 20 s",
      "2 h 5 min",
    ]);
    expect([950, 12_300, 5_800_000, 1.2e9].map(formatCount)).toEqual([
      "950",
      "12.3 k",
      "5.8 M",
      "1.2 G",
    ]);
    expect([12, 1500, 16e6, 2e9].map(formatBytes)).toEqual(["12 B", "1.5 kB", "16.0 MB", "2.0 GB"]);
  });
});
