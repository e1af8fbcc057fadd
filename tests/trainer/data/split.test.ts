import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Message } from "../../../src/core/chat/conversation.ts";
import { pointOf, splitterOf } from "../../../trainer/data/split.ts";

const talk = (content: string): Message[] => [{ role: "user", content }];

function splitsOf(points: readonly number[]) {
  return points.map(splitterOf(Float64Array.from(points)));
}

const manyPoints = Array.from({ length: 20_000 }, (_, i) => pointOf(talk(`conversation ${i}`)));

describe("the split", () => {
  it("keeps about 96, 2 and 2 in a hundred", () => {
    const splits = splitsOf(manyPoints);
    const share = (name: string) => splits.filter((split) => split === name).length / splits.length;
    expect(share("train")).toBeCloseTo(0.96, 2);
    expect(share("validation")).toBeCloseTo(0.02, 2);
    expect(share("test")).toBeCloseTo(0.02, 2);
  });

  it("moves no conversation when others are added", () => {
    const before = splitsOf(manyPoints.slice(0, 5000));
    expect(splitsOf(manyPoints).slice(0, 5000)).toEqual(before);
  });

  it("depends on roles and words, not on case, spacing or names", () => {
    const named: Message[] = [{ role: "user", content: " hello\n World", name: "Ada" }];
    expect(pointOf(named)).toBe(pointOf(talk("Hello world")));
    expect(pointOf([{ role: "assistant", content: "Hello" }])).not.toBe(pointOf(talk("Hello")));
  });

  it("gives a tiny corpus something in every split", () => {
    const points = fc.uniqueArray(fc.double({ min: 0, max: 0.99, noNaN: true }), {
      minLength: 3,
      maxLength: 60,
    });
    fc.assert(
      fc.property(points, (corpus) => {
        expect(new Set(splitsOf(corpus))).toEqual(new Set(["train", "validation", "test"]));
      }),
    );
  });

  it("learns from one conversation, and keeps one of two to validate", () => {
    expect(splitsOf([0.5])).toEqual(["train"]);
    expect(splitsOf([0.001])).toEqual(["train"]);
    expect(splitsOf([0.9, 0.5])).toEqual(["train", "validation"]);
  });

  it("keeps copies together, however small the corpus", () => {
    expect(splitsOf([0.5, 0.5, 0.5])).toEqual(["train", "train", "train"]);
    expect(splitsOf([0.5, 0.9, 0.5, 0.7, 0.7])).toEqual([
      "test",
      "train",
      "test",
      "validation",
      "validation",
    ]);
  });
});
