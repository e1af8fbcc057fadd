import { describe, expect, it } from "vitest";

import { methodFor, trainLine } from "../../../../src/retrain/jobs/command-lines.ts";

const TRAINING = {
  from: "experiments/friend",
  folder: "taught",
  originals: ["old.jsonl", "older.jsonl"],
  name: "retrained",
  threads: 1,
};

describe("the command that trains", () => {
  it.each([
    { method: "sft", data: "taught/corrections.jsonl" },
    { method: "kto", data: "taught/thumbs.jsonl" },
  ] as const)("repeats the originals beside what $method learns from", ({ method, data }) => {
    const line = trainLine({ ...TRAINING, method }).join(" ");
    expect(line).toContain(`--data ${data} --method ${method}`);
    expect(line).toContain("--replay old.jsonl older.jsonl");
  });

  it("repeats nothing for dpo, which takes pairs only", () => {
    expect(trainLine({ ...TRAINING, method: "dpo" })).not.toContain("--replay");
  });

  it("says how long only where somebody said so", () => {
    expect(trainLine({ ...TRAINING, method: "sft" })).not.toContain("--minutes");
    const line = trainLine({ ...TRAINING, method: "sft", minutes: 3 }).join(" ");
    expect(line).toContain("--minutes 3");
  });
});

describe("the method of a training", () => {
  it("is by corrections, else by thumbs, unless somebody names one", () => {
    const rows = { "corrections.jsonl": 1, "pairs.jsonl": 1, "thumbs.jsonl": 1 };
    expect(methodFor(rows, undefined)).toBe("sft");
    expect(methodFor({ "thumbs.jsonl": 1 }, undefined)).toBe("kto");
    expect(methodFor(rows, "dpo")).toBe("dpo");
    expect(methodFor({ "thumbs.jsonl": 1 }, "dpo")).toBeUndefined();
  });
});
