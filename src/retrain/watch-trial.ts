/** Looks after a canary or a shadow as long as there is one: what is clearly worse is taken back by itself. */

import type { Clock } from "../chat/clock.ts";
import { UNSEEN } from "../chat/models.ts";
import type { Log } from "../log.ts";
import { fareWith, type Heard } from "./canary-figures.ts";
import type { Deployment } from "./deployment.ts";
import { complaintAbout } from "./judge-canary.ts";
import type { Registry } from "./registry.ts";
import type { Trial } from "./registry-state.ts";
import type { Shadow } from "./shadow.ts";
import { complaintAboutShadow } from "./shadow-figures.ts";

const LOOK_EVERY_MS = 30_000;

export interface WatchParts {
  readonly models: Pick<Deployment, "start" | "takeBack">;
  readonly registry: Pick<Registry, "trial">;
  readonly heard: Heard;
  readonly shadow: Pick<Shadow, "figuresOf">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until the signal aborts. */
export async function watchTrial(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      await lookAtTrial(parts);
    } catch (error) {
      log.error("trial not judged", { error }); // the next look is as good
    }
  }
}

async function lookAtTrial(parts: WatchParts): Promise<void> {
  const { models, registry, shadow, log } = parts;
  const { trial } = registry;
  if (!trial) return;
  const complaint =
    trial.share === UNSEEN ? complaintAboutUnseen(trial, shadow) : await complaintOf(trial, parts);
  if (complaint === undefined) return;
  const isGone = await models.takeBack(trial.name, complaint);
  if (isGone) log.warn("trial taken back", { name: trial.name, reason: complaint });
}

async function complaintOf(
  { name, since }: Trial,
  { models, heard }: WatchParts,
): Promise<string | undefined> {
  const { model } = await models.start();
  return complaintAbout(fareWith(name, since, heard), fareWith(model.name, since, heard));
}

function complaintAboutUnseen(trial: Trial, shadow: WatchParts["shadow"]): string | undefined {
  const figures = shadow.figuresOf(trial);
  return figures && complaintAboutShadow(figures);
}
