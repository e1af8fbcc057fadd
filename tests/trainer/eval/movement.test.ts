import { describe, expect, it } from "vitest";

import { movementOf, movementText } from "../../../trainer/eval/movement.ts";

describe("the report of what moved", () => {
  const before = new Map([
    ["model.layers.0.mlp.up_proj.weight", Float32Array.of(3, 4)],
    ["model.norm.weight", Float32Array.of(1, 1)],
    ["model.embed_tokens.weight", Float32Array.of(0, 2)],
  ]);

  it("measures each weight against its own size, the largest first", () => {
    const after = new Map([
      ...before,
      ["model.layers.0.mlp.up_proj.weight", Float32Array.of(3, 4.5)],
      ["model.embed_tokens.weight", Float32Array.of(0.5, 2)],
    ]);
    const moved = movementOf(before, after);
    expect(moved.map(({ change }) => change)).toEqual([0.1, 0, 0.25]);
    expect(movementText(moved)).toBe(
      "moved 2 of 3 weights, most of all embed_tokens by 25 %, layers.0.mlp.up_proj by 10 %; 1 is the same to the bit",
    );
  });

  it("says so where nothing moved", () => {
    expect(movementText(movementOf(before, before))).toBe(
      "moved 0 of 3 weights; 3 are the same to the bit",
    );
  });
});
