/** Whether a run learnt the data that is there now. */

import { describe, expect, it } from "vitest";

import type { RunRecord } from "../../../src/core/experiment/run-record.ts";
import { isDataOf } from "../../../trainer/train/describe-data.ts";

const file = (name: string, sha256 = name) => ({ name, sha256, bytes: 1 });
const INPUT = file("standard input", "hash of what came");

function dataOf(files: RunRecord["data"]["files"], train = 10): RunRecord["data"] {
  const counts = { train, validation: 1, test: 1 };
  return { files, conversations: counts, tokens: counts, sources: [] };
}

const run = (given: string[], ...files: RunRecord["data"]["files"]) => ({
  flags: { data: given },
  data: dataOf(files),
});

describe("the data of a run", () => {
  it("is the same files in the same order, whatever they are called", () => {
    const before = run(["a.jsonl", "b.jsonl"], file("a"), file("b"));
    expect(isDataOf(before, dataOf([file("renamed", "a"), file("b")]))).toBe(true);
    expect(isDataOf(before, dataOf([file("b"), file("a")]))).toBe(false);
  });

  it("is not other files of as many conversations, however many files they are", () => {
    expect(isDataOf(run(["a.jsonl"], file("a")), dataOf([file("x"), file("y")]))).toBe(false);
  });

  it("came by standard input, which older records do not name: as much of it then", () => {
    const older = run(["a.jsonl", "-"], file("a"));
    expect(isDataOf(older, dataOf([file("a"), INPUT]))).toBe(true);
    expect(isDataOf(older, dataOf([file("a"), INPUT], 11))).toBe(false);
    expect(isDataOf(older, dataOf([file("other"), INPUT]))).toBe(false);
    const named = run(["-"], INPUT);
    expect(isDataOf(named, dataOf([file("standard input", "something else")]))).toBe(false);
  });
});
