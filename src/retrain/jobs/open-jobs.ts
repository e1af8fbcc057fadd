/** The jobs that a bot keeps at home, ready to go on where they were. */

import { availableParallelism } from "node:os";

import type { Cards } from "../../chat/cards.ts";
import type { Clock } from "../../chat/clock.ts";
import type { Jobs } from "../../chat/jobs.ts";
import type { Log } from "../../log.ts";
import { openDocument, type StateDocument } from "../../state/document.ts";
import type { Home } from "../../state/home.ts";
import { originalData } from "../original-data.ts";
import { Curves } from "./curve.ts";
import { decide, type Decision } from "./decide.ts";
import { JobDesk } from "./desk.ts";
import { JobsState } from "./job.ts";
import { LiveCards } from "./live-cards.ts";
import { JobRunner } from "./runner.ts";
import { stepsIn, type RunStep } from "./start-step.ts";
import { watchTriggers } from "./triggers.ts";

export interface JobsParts {
  readonly promote: Decision["promote"];
  /** Folder of the model that people are answered by now. */
  readonly champion: () => Promise<string>;
  /** Files of conversations that the operator names; else those of the starter. */
  readonly originalData: readonly string[];
  /** Where experiments lie. */
  readonly root: string;
  readonly runStep?: RunStep | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenJobs {
  readonly desk: JobDesk;
  readonly runner: JobRunner;
  /** For as long as nobody works: what is to be collected again leaves the disk at once. */
  readonly resting: Pick<Jobs, "collectAgain">;
  /** Does what waits, what is scheduled, and shows it, until the signal aborts. */
  work(cards: Cards, signal: AbortSignal): Promise<void>;
}

/** @throws HintedError if what is kept cannot be read. */
export async function openJobs(home: Home, parts: JobsParts): Promise<OpenJobs> {
  const { log } = parts;
  const path = home.path("jobs.json");
  const initial = JobsState.parse({});
  return jobsOn(await openDocument({ path, schema: JobsState, initial, log }), home, parts);
}

export function jobsOn(
  document: StateDocument<JobsState>,
  home: Pick<Home, "folder" | "path">,
  parts: JobsParts,
): OpenJobs {
  const { promote, clock, log, root, runStep = stepsIn({ home: home.folder, clock }) } = parts;
  const folder = home.path("jobs");
  const runner = new JobRunner({
    ...parts,
    document,
    runStep,
    decide: (job, verdict) => decide(job, verdict, { rule: document.value.canary, promote }),
    originals: () => originalData({ named: parts.originalData, home: home.folder }),
    folder,
    threads: trainingThreads(),
  });
  const curves = new Curves(root);
  const desk = new JobDesk({ runner, folder, curves, clock, log });
  return {
    desk,
    runner,
    resting: {
      async collectAgain(person) {
        const isBegunAgain = await desk.collectAgain(person);
        if (isBegunAgain) await runner.sweep();
        return isBegunAgain;
      },
    },
    async work(cards, signal) {
      const live = new LiveCards({ cards, runner, curves, clock, log });
      await Promise.all([
        runner.run(signal),
        live.keep(signal),
        watchTriggers({ runner, runStep, clock, log }, signal),
      ]);
    },
  };
}

/** One core is left to the chats where there is another. */
export function trainingThreads(): number {
  return Math.max(1, availableParallelism() - 1);
}
