/** Only a big slowdown counts: who chats notices half the speed, and a machine at work makes noise below that. */

import type { Check } from "../../../src/core/experiment/verdict.ts";
import type { Case } from "./evidence.ts";

const SLOWEST = 0.5;

export function checkSpeed({ speeds: { champion, candidate } }: Case): Check[] {
  const outcome = candidate < SLOWEST * champion ? "worse" : "same";
  const remark = "of the quickest tenth, in turns";
  return [{ name: "tokens a second", champion, candidate, outcome, remark }];
}
