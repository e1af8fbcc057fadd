/** Opens which models there are, who is answered by which, and how new ones are made. */

import type { BotOptions } from "./main.ts";
import type { Opened } from "./opened.ts";
import type { DeploymentParts } from "./retrain/deployment.ts";
import { openJobs, type OpenJobs } from "./retrain/jobs/open-jobs.ts";
import { openModels, type OpenModels } from "./retrain/open-models.ts";
import type { Home } from "./state/home.ts";

export interface OpenRetraining extends OpenModels {
  readonly jobs: OpenJobs;
}

type RetrainingOptions = Pick<
  BotOptions,
  "model" | "needsTwoAdmins" | "startEngine" | "originalData" | "runStep" | "log"
> &
  Pick<DeploymentParts, "announce" | "onChampion" | "clock">;

/** @throws HintedError if what is kept cannot be read. */
export async function openRetraining(
  home: Home,
  opened: Opened,
  options: RetrainingOptions,
): Promise<OpenRetraining> {
  const { model: choice, needsTwoAdmins, startEngine, announce, onChampion } = options;
  const { originalData = [], runStep, clock, log } = options;
  const versions = { choice, needsTwoAdmins, startEngine, announce, onChampion, clock, log };
  const kept = await openModels(home, opened, versions);
  const { models } = kept;
  const jobs = await openJobs(home, {
    champion: async () => (await models.start()).model.folder,
    promote: (order) => models.promote(order),
    originalData,
    root: choice.root,
    runStep,
    clock,
    log,
  });
  return { ...kept, jobs };
}
