/** Looks after a canary as long as there is one: what is clearly worse is taken back by itself. */

import type { Clock } from "../chat/clock.ts";
import type { Log } from "../log.ts";
import { fareWith, type Heard } from "./canary-figures.ts";
import type { Deployment } from "./deployment.ts";
import { complaintAbout } from "./judge-canary.ts";
import type { Registry } from "./registry.ts";

const LOOK_EVERY_MS = 30_000;

export interface WatchParts {
  readonly models: Pick<Deployment, "start" | "takeBack">;
  readonly registry: Pick<Registry, "canary">;
  readonly heard: Heard;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until the signal aborts. */
export async function watchCanary(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      await lookAtCanary(parts);
    } catch (error) {
      log.error("canary not judged", { error }); // the next look is as good
    }
  }
}

async function lookAtCanary({ models, registry, heard, log }: WatchParts): Promise<void> {
  const { canary } = registry;
  if (!canary) return;
  const { model } = await models.start();
  const complaint = complaintAbout(
    fareWith(canary.name, canary.since, heard),
    fareWith(model.name, canary.since, heard),
  );
  if (complaint === undefined) return;
  const isGone = await models.takeBack(canary.name, complaint);
  if (isGone) log.warn("canary taken back", { name: canary.name, reason: complaint });
}
