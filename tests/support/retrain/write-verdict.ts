/** What a judge left in a folder. */

import { join } from "node:path";

import { VERDICT_FILE, type Verdict } from "../../../src/core/experiment/verdict.ts";
import { writeFileAtomic } from "../../../src/core/files.ts";

export async function writeVerdict(
  root: string,
  candidate: string,
  verdict: Pick<Verdict, "outcome" | "reason">,
): Promise<void> {
  const whole: Verdict = {
    schema: 1,
    candidate,
    champion: "b",
    at: "2026-11-20T00:00:00.000Z",
    checks: [],
    ...verdict,
  };
  await writeFileAtomic(join(root, candidate, VERDICT_FILE), JSON.stringify(whole));
}
