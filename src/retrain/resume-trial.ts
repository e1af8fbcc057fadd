/** The trial of the last time goes on after a start. */

import { MACHINE } from "./audit.ts";
import type { Seats } from "./change-seats.ts";
import { RolledBackMeanwhile } from "./refusals.ts";
import { announceLoss, type Announce } from "./trial-news.ts";

export interface ResumeOptions {
  readonly announce: Announce | undefined;
  readonly isClosing: () => boolean;
}

/** Until it is loaded its people are answered by the champion; if it does not open, for good. */
export async function resumeTrial(
  { registry, main, second, log }: Seats,
  { announce, isClosing }: ResumeOptions,
): Promise<void> {
  const { trial } = registry;
  const version = registry.find(trial?.name);
  if (!trial || !version) return;
  try {
    await second.seat(version);
  } catch (error) {
    if (error instanceof RolledBackMeanwhile || isClosing()) return; // that decides, or the next start
    log.error("trial does not open", { name: version.name, error });
    const why = "it did not open at a start";
    await registry.retire(version.name, MACHINE, why);
    announceLoss(trial, { why, champion: main.model.name }, announce);
  }
}
