/** What becomes of a candidate that was judged: never more than its verdict allows. */

import type { CanaryRule } from "../../chat/jobs.ts";
import type { Promoted } from "../../chat/models.ts";
import { HintedError } from "../../core/errors.ts";
import type { Verdict } from "../../core/experiment/verdict.ts";
import { MACHINE } from "../audit.ts";
import type { Order } from "../examine-order.ts";
import type { Job } from "./job.ts";

/** Percent of the people that a candidate is tried by first. */
export const FIRST_SHARE = 10;

export interface Decision {
  readonly rule: CanaryRule;
  readonly promote: (order: Order) => Promise<Promoted>;
}

/** Resolves with what was decided, in words. */
export async function decide(
  { id, candidate = "", place }: Job,
  { outcome, reason }: Pick<Verdict, "outcome" | "reason">,
  { rule, promote }: Decision,
): Promise<string> {
  if (outcome === "loses") return "It is not promoted, and stays an experiment.";
  const isAllowed = rule === "holds" || (rule === "wins" && outcome === "wins");
  if (!isAllowed) return `\`promote ${candidate} ${FIRST_SHARE}\` lets some people try it.`;
  const why = `training ${id}: ${reason}`;
  try {
    const promoted = await promote({
      name: candidate,
      share: FIRST_SHARE,
      by: MACHINE,
      why,
      place,
    });
    return promoted.kind === "asked"
      ? `It waits for an admin to say \`promote ${candidate} ${FIRST_SHARE}\`.`
      : `It answers ${FIRST_SHARE} % of the people from now on.`;
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return `It could not be promoted: ${error.message} ${error.hint}`;
  }
}
