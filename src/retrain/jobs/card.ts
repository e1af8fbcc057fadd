/** A job as a card: how far it is, what it came to, and what can be done about it. */

import type { Card, CardButton } from "../../chat/cards.ts";
import { describeJob } from "../../chat/job-words.ts";
import type { JobProgress } from "../../chat/jobs.ts";
import { FIRST_SHARE } from "./decide.ts";
import { isPhase, summaryOf, type Job } from "./job.ts";

const PAUSE: CardButton = { label: "Pause", line: "train pause" };
const RESUME: CardButton = { label: "Go on", line: "train resume" };
const CANCEL: CardButton = { label: "Cancel", line: "train cancel", isDangerous: true };

export function cardOf(job: Job, progress?: JobProgress, png?: Uint8Array): Card {
  const name = `training-${job.id}.png`;
  const description = "The loss of the training, step by step: the lower, the better.";
  return {
    text: describeJob(summaryOf(job), progress),
    image: png && { name, png, description },
    buttons: buttonsOf(job),
  };
}

function buttonsOf({ state, candidate, verdict }: Job): CardButton[] {
  if (isPhase(state)) return [PAUSE, CANCEL];
  if (state === "paused") return [RESUME, CANCEL];
  if (state !== "done" || candidate === undefined || verdict?.outcome === "loses") return [];
  const label = `Let ${FIRST_SHARE} % try it`;
  return [{ label, line: `promote ${candidate} ${FIRST_SHARE}` }];
}
