/** Whether a promotion that somebody orders can be: there is such a version, it is free to serve, and the judge has nothing against it. */

import { EVERYBODY, UNSEEN, type PromotionOrder } from "../chat/models.ts";
import type { Actor } from "./audit.ts";
import type { Seats } from "./change-seats.ts";
import { findVersion } from "./find-version.ts";
import { answersAlready, hasItsName, isOnTrial } from "./refusals.ts";
import type { Version } from "./registry-state.ts";
import { readVerdict, requireNoLoss, wordsOf } from "./verdict.ts";

/** Also one that the bot gives itself. */
export type Order = Omit<PromotionOrder, "by"> & { readonly by: Actor };

export interface Examined {
  readonly version: Version;
  /** What the judge said of it, in words. */
  readonly judged: string;
  /** What the judge holds against it, where an admin insists. */
  readonly despite: string | undefined;
}

/** @throws HintedError if it cannot be, with why */
export async function examineOrder(
  order: Order,
  seats: Pick<Seats, "registry" | "main">,
  root: string,
): Promise<Examined> {
  const { registry } = seats;
  const { name, share } = order;
  const known = registry.find(name)?.manifest;
  const version = await findVersion(name, { registry, root });
  requireFree(order, seats, { isSame: known === version.manifest });
  const verdict = await readVerdict(version.folder);
  // Nobody sees a shadow: that is a way to look at what the judge did not like.
  const despite = share === UNSEEN ? undefined : requireNoLoss(verdict, order);
  return { version, judged: wordsOf(verdict), despite };
}

/** `isSame`: what is known by that name is what lies in its folder now. */
function requireFree(
  { name, share, by }: Order,
  { registry: { trial }, main }: Pick<Seats, "registry" | "main">,
  { isSame }: { isSame: boolean },
): void {
  if (main.model.name === name) {
    if (isSame) throw answersAlready(name, by);
    if (share < EVERYBODY) throw hasItsName(name, by); // both would lie in one folder
  }
  if (!trial) return;
  const isAnother = trial.name !== name || !isSame;
  const isBackIntoTheDark = trial.share > UNSEEN && share === UNSEEN; // people would lose what answers them
  if (isAnother || isBackIntoTheDark) throw isOnTrial(trial, by);
}
