import { describe, expect, it } from "vitest";
import { z } from "zod";

import { helpOf } from "../../../../src/core/cli/command-help.ts";
import { defineCommand } from "../../../../src/core/cli/command.ts";

const bake = defineCommand({
  name: "bake",
  summary: "Bake bread",
  usage:
    "[OVEN] -d FILE... [--kind rye|wheat] [--max-tokens N] [--a-name-that-is-rather-long TEXT]",
  flags: z.strictObject({
    data: z
      .array(z.string())
      .describe("recipes; `-` is standard input, and what ends in .gz is unpacked"),
    kind: z.enum(["rye", "wheat"]).default("rye").describe("flour"),
    maxTokens: z.coerce.number().optional().describe("slices"),
    aNameThatIsRatherLong: z.string().optional().describe("stands alone"),
    allTurns: z.boolean().default(false).describe("turn the loaf"),
  }),
  short: { d: "data" },
  examples: ["lfz bake --data bread.txt"],
  run: async () => {},
});

describe("helpOf", () => {
  it("lays out the usage, the flags with their defaults, and examples", () => {
    expect(helpOf(bake)).toBe(
      `
Bake bread

  lfz bake [OVEN] -d FILE... [--kind rye|wheat] [--max-tokens N]
           [--a-name-that-is-rather-long TEXT]

  -d, --data FILE...  recipes; \`-\` is standard input, and what ends in .gz is
                      unpacked
  --kind rye|wheat    flour (default rye)
  --max-tokens N      slices
  --a-name-that-is-rather-long TEXT
                      stands alone
  --all-turns         turn the loaf
  --json              print one JSON object as the last line on stdout
  -h, --help          this text

Examples:
  lfz bake --data bread.txt`.trimStart(),
    );
  });
});
