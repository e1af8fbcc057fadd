import { describe, expect, it } from "vitest";

import { reportHtml } from "../../../trainer/eval/report.ts";
import { describeRun } from "../../../trainer/eval/show-run.ts";
import { exampleMetrics, exampleRun } from "../../support/example-run.ts";
import { requireWellFormed } from "../../support/well-formed.ts";

const HOSTILE = `"><script>alert('1')</script><img src=x onerror="&`;

const whole = {
  run: exampleRun(),
  metrics: exampleMetrics(100),
  samples: [
    { step: 50, samples: [{ prompt: "Hi", reply: "I the" }] },
    { step: 100, samples: [{ prompt: "Hi", reply: "" }] },
  ],
};

describe("reportHtml", () => {
  it("is one well-formed file that runs nothing and asks nobody", () => {
    const html = reportHtml(whole);
    requireWellFormed(html);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
  });

  it("tells results, settings, data with licences, samples and notes", () => {
    const html = reportHtml(whole);
    for (const told of [
      "2.930",
      "peakLearningRate",
      "Distinct words (distinct-1)",
      "CC-BY-4.0",
      "Chawla",
      "20 minutes",
      "Step 50",
    ]) {
      expect(html).toContain(told);
    }
    expect(html).toContain("(silence)");
  });

  it("leaves out what was left open, and digits that nobody reads", () => {
    const training = { budget: { minutes: undefined, steps: 30 }, set: [], rate: 1 / 3 };
    const html = reportHtml({ ...whole, run: exampleRun({ training }) });
    expect(html).toContain("<td>steps: 30</td>");
    expect(html).toContain("<td>0.3333</td>");
    expect(html).not.toMatch(/undefined|<td>set</);
  });

  it("shows what there is of a run that has only begun", () => {
    const run = exampleRun({ status: "running", finished: null, results: {}, parity: {} });
    const html = reportHtml({ run, metrics: [], samples: [] });
    requireWellFormed(html);
    expect(html).toContain("Nothing has been evaluated yet.");
    const evaluated = reportHtml({ run, metrics: exampleMetrics(10), samples: [] });
    expect(evaluated).toContain("validation loss");
  });

  it("escapes whatever people and models wrote", () => {
    const [source] = whole.run.data.sources;
    const run = exampleRun({
      name: HOSTILE,
      flags: { [HOSTILE]: HOSTILE },
      training: { [HOSTILE]: { [HOSTILE]: HOSTILE } },
      parity: { [HOSTILE]: [HOSTILE] },
      base: { name: HOSTILE, sha256: HOSTILE },
      tokenizerHash: HOSTILE,
      git: { commit: HOSTILE, dirty: true },
      machine: { cpu: HOSTILE, cores: 1, memoryGb: 1, os: HOSTILE },
      data: {
        ...whole.run.data,
        files: [{ name: HOSTILE, sha256: HOSTILE, bytes: 1 }],
        sources: [{ ...source, source: HOSTILE, licences: [HOSTILE], attribution: HOSTILE }],
      },
    });
    const samples = [{ step: 1, samples: [{ prompt: HOSTILE, reply: HOSTILE }] }];
    const note = { type: "note" as const, step: 1, text: HOSTILE };
    const html = reportHtml({ run, metrics: [...whole.metrics, note], samples });
    requireWellFormed(html);
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;script&gt;");
  });
});

describe("describeRun", () => {
  it("tells the same in plain words, and never steers the terminal", () => {
    const samples = [{ step: 1, samples: [{ prompt: "a", reply: "\u001b[31mred\u0007" }] }];
    const text = describeRun({ ...whole, samples });
    expect(text).toContain("Bits per byte");
    expect(text).toContain("CC-BY-4.0");
    expect(text).not.toMatch(/[\u0007\u001b]/);
  });
});
