/**
 * Jobs that begin by themselves: at the times of a schedule, and after enough
 * has been taught.
 *
 * A time is dealt with in the same write that orders its job, so no crash
 * starts it twice. What was missed by less than a day, while the bot was down
 * or the clock jumped ahead, is made up for once. A clock that was set back
 * starts nothing again that it has started before; set back by more than a
 * day, it had been wrong, and the schedule goes on from where it is now.
 */

import { z } from "zod";

import type { Clock } from "../../chat/clock.ts";
import type { JobOrder } from "../../chat/jobs.ts";
import type { Place } from "../../chat/platform.ts";
import type { Log } from "../../log.ts";
import { MACHINE } from "../audit.ts";
import { countLine } from "./command-lines.ts";
import { readCron, type Cron } from "./cron.ts";
import { newJob, waitingLike } from "./desk.ts";
import { currentOf, lastCollected, withJob, type JobsState } from "./job.ts";
import type { JobRunner } from "./runner.ts";
import type { RunStep } from "./start-step.ts";

const LOOK_EVERY = 20_000;
const COUNT_EVERY = 60 * 60_000;
const DAY = 24 * 60 * 60_000;

export interface TriggerParts {
  readonly runner: JobRunner;
  readonly runStep: RunStep;
  readonly clock: Clock;
  readonly log: Log;
}

const Stats = z.object({ since: z.object({ taken: z.int() }) });

/** Until the signal aborts. */
export async function watchTriggers(parts: TriggerParts, signal: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  const schedule = new ScheduleWatch(parts);
  let counted = -Infinity;
  while (!signal.aborted) {
    try {
      await schedule.look();
      // Either way: a clock that was set back would otherwise not come to the hour for long.
      if (Math.abs(clock.now() - counted) >= COUNT_EVERY) {
        counted = clock.now();
        await lookAtFeedback(parts, signal);
      }
    } catch (error) {
      log.error("not looked whether to train", { error }); // the next look is as good
    }
    await clock.sleep(LOOK_EVERY, signal);
  }
}

type Schedule = NonNullable<JobsState["schedule"]>;

interface Known {
  readonly schedule: Schedule;
  readonly cron: Cron;
  /** The first time that is not dealt with. */
  readonly next: number | undefined;
}

class ScheduleWatch {
  readonly #parts: TriggerParts;
  #known: Known | undefined;

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    const { runner, clock, log } = this.#parts;
    const { schedule } = runner.state;
    if (!schedule) return;
    const now = clock.now();
    const finding = findingOf(this.#knownOf(schedule), now);
    if (finding === "not yet") return;
    if (finding !== "due") log.warn("schedule goes on from now", { reason: finding });
    await runner.change((state) => {
      if (state.schedule !== schedule) return state; // changed meanwhile: the next look sees it
      const ticked = { ...state, schedule: { ...schedule, through: now } };
      return finding === "due"
        ? withOwnJob(ticked, { place: schedule.place, why: `scheduled: ${schedule.cron}` }, now)
        : ticked;
    });
    if (finding === "due") log.info("training scheduled", { cron: schedule.cron });
  }

  /** Reckoned once for each: a rare time is found slowly. */
  #knownOf(schedule: Schedule): Known {
    if (this.#known?.schedule === schedule) return this.#known;
    const cron = readCron(schedule.cron);
    return (this.#known = { schedule, cron, next: cron.after(schedule.through) });
  }
}

function findingOf({ schedule: { through }, cron, next }: Known, now: number) {
  if (now < through - DAY) return "the clock was set back by more than a day";
  if (next === undefined || next > now) return "not yet";
  const recent = next > now - DAY ? next : cron.after(now - DAY);
  return recent !== undefined && recent <= now ? "due" : "a training was missed by more than a day";
}

/** Counting reads all feedback, so another process does it, and only where somebody wants to know. */
async function lookAtFeedback(
  { runner, runStep, clock, log }: TriggerParts,
  signal: AbortSignal,
): Promise<void> {
  const { after } = runner.state;
  if (!after || currentOf(runner.state)) return;
  const words = countLine(lastCollected(runner.state, clock.now()));
  const { code, result, problem } = await runStep(words, { signal, onProgress() {} });
  if (signal.aborted) return;
  if (code !== 0) return log.warn("feedback not counted", { reason: problem });
  const { taken } = Stats.parse(result).since;
  await runner.change((state) => {
    if (state.after !== after || currentOf(state) || taken < after.rows) return state;
    return withOwnJob(state, { place: after.place, why: `${taken} new rows` }, clock.now());
  });
}

/** Unless one waits already: it learns the same. */
function withOwnJob(
  state: JobsState,
  { place, why }: { readonly place: Place; readonly why: string },
  now: number,
): JobsState {
  const order: JobOrder = { by: MACHINE, place, why };
  return waitingLike(order, state) ? state : withJob(state, newJob(order, now));
}
