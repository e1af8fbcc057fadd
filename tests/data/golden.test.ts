import { describe, expect, it } from "vitest";

import { goldenPrompts } from "../support/golden.ts";

describe("the golden prompts", () => {
  it("are forty, with a name each, and mostly unseen in training", () => {
    expect(goldenPrompts).toHaveLength(40);
    expect(new Set(goldenPrompts.map((prompt) => prompt.name)).size).toBe(40);
    expect(goldenPrompts.filter((prompt) => prompt.heldOut).length).toBeGreaterThanOrEqual(35);
  });

  it("ask for more than one turn in good part", () => {
    expect(goldenPrompts.filter((prompt) => prompt.turns.length > 1).length).toBeGreaterThanOrEqual(
      8,
    );
  });
});
