/** `lfz experiments compare`: several runs side by side. */

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { requireExperiment } from "../../src/core/experiment/experiments.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import { comparisonHtml, describeComparison, doubtsAbout } from "../eval/compare-runs.ts";
import { readReportInput } from "../eval/read-report-input.ts";
import { progressOf } from "../eval/tables.ts";
import { experimentsFlags } from "./experiments-flags.ts";

export const experimentsCompare = defineCommand({
  name: "experiments compare",
  summary: "Show runs side by side: results, differences, curves",
  usage: "NAME NAME... [--out FILE.html] [--root DIR]",
  flags: experimentsFlags.extend({
    out: z.string().optional().describe("write a page with the curves in one picture"),
  }),
  positionals: { name: "NAME", min: 2, max: 4 },
  examples: ["lfz experiments compare friend friend-2 --out compare.html"],
  async run({ root, out, positionals }, { console }) {
    const folders = await Promise.all(positionals.map((name) => requireExperiment(root, name)));
    const runs = await Promise.all(folders.map(readReportInput));
    console.print(describeComparison(runs));
    if (out !== undefined) {
      await writeFileAtomic(out, comparisonHtml(runs));
      console.print(`\nTo look at: ${out}`);
    }
    return {
      experiments: runs.map(({ run, metrics }) => ({
        name: run.name,
        status: run.status,
        ...progressOf(metrics),
        results: run.results,
      })),
      doubts: doubtsAbout(runs.map(({ run }) => run)),
    };
  },
});
