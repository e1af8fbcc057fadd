/** How long a run may go on: minutes, steps or epochs, whichever ends first. */

import { HintedError } from "../../src/core/errors.ts";

export interface Budget {
  readonly minutes?: number;
  readonly steps?: number;
  readonly epochs?: number;
}

/** What a run has used so far. */
export interface Spent {
  readonly step: number;
  readonly seconds: number;
  /** Epochs, with a fraction. */
  readonly epochs: number;
}

const TEN_MINUTES: Budget = { minutes: 10 };

/** @param usual what a run gets that is given no limit */
export function toBudget({ minutes, steps, epochs }: Budget, usual = TEN_MINUTES): Budget {
  if (minutes === undefined && steps === undefined && epochs === undefined) return usual;
  for (const [name, value] of Object.entries({ minutes, steps, epochs })) {
    if (value !== undefined && !(value > 0)) {
      throw new HintedError(`--${name} ${value}: a run needs more than nothing.`, {
        hint: `Give --${name} a number above 0.`,
      });
    }
  }
  return { minutes, steps, epochs };
}

/** The share of the budget that is used up, 0 to 1. */
export function progressOf(budget: Budget, spent: Spent): number {
  return Math.min(
    1,
    Math.max(
      budget.steps ? spent.step / budget.steps : 0,
      budget.minutes ? spent.seconds / (budget.minutes * 60) : 0,
      budget.epochs ? spent.epochs / budget.epochs : 0,
    ),
  );
}
