/**
 * What an expression of cron means, in UTC.
 *
 * node-cron reads it and says which minutes it names; it starts nothing. Its
 * timers keep no record: what is due while nobody runs, or while a clock
 * jumps, they forget, so `schedule.ts` asks the clock itself.
 */

import { createTask, parse, validateDetailed, type ScheduledTask } from "node-cron";

import { HintedError } from "../../core/errors.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The 29th of February may be eight years away, around 2100. */
const LOOKAHEAD_DAYS = 8 * 366;

const FIELDS: Readonly<Record<string, string>> = {
  minute: "minutes (the first field, 0 to 59)",
  hour: "hours (the second, 0 to 23)",
  dayOfMonth: "days of the month (the third, 1 to 31)",
  month: "months (the fourth, 1 to 12)",
  dayOfWeek: "days of the week (the fifth, 0 to 7 or sun to sat)",
};

const HINT =
  "Five fields in UTC: `0 3 * * *` is every day at 3:00, `30 22 * * sun` Sundays at 22:30.";

export interface Cron {
  /** The first minute it names after that moment; nothing if there is none in years. */
  after(moment: number): number | undefined;
}

/** @throws HintedError if it makes no sense, naming the field. */
export function readCron(expression: string): Cron {
  const text = expression.trim();
  requireFiveFields(text);
  const { valid, errors } = validateDetailed(text);
  if (!valid) throw unfit(text, errors[0]);
  const task = createTask(text, () => undefined, { timezone: "UTC" }); // it is asked only, never started
  const { hour, minute } = parse(text);
  const minutesOfDay = hour
    .flatMap((hours) => minute.map((minutes) => hours * 60 + minutes))
    .sort((one, other) => one - other);
  const cron: Cron = { after: (moment) => firstAfter(moment, task, minutesOfDay) };
  if (cron.after(0) === undefined) throw new HintedError(`"${text}" never comes.`, { hint: HINT });
  return cron;
}

export function nextTimes(cron: Cron, now: number, count: number): number[] {
  const times: number[] = [];
  for (let last: number | undefined = now; times.length < count; times.push(last)) {
    last = cron.after(last);
    if (last === undefined) break;
  }
  return times;
}

/** Every day has the same minutes, so the first of them says whether the day is one of those named. */
function firstAfter(
  moment: number,
  task: ScheduledTask,
  minutesOfDay: readonly number[],
): number | undefined {
  const [first = 0] = minutesOfDay;
  const today = Math.floor(moment / DAY) * DAY;
  for (let day = today; day <= today + LOOKAHEAD_DAYS * DAY; day += DAY) {
    if (!task.match(new Date(day + first * MINUTE))) continue;
    const minutes = minutesOfDay.find((minutes) => day + minutes * MINUTE > moment);
    if (minutes !== undefined) return day + minutes * MINUTE;
  }
  return undefined;
}

/** node-cron takes seconds as well: nobody means them here. */
function requireFiveFields(text: string): void {
  const count = text.split(/\s+/).length;
  if (count === 5 || /^@\w+$/.test(text)) return;
  throw new HintedError(
    text === ""
      ? "A schedule has to say when."
      : `"${shortened(text)}" has ${count} of five fields.`,
    { hint: HINT },
  );
}

function unfit(
  text: string,
  error: { readonly field: string; readonly value?: string; readonly message: string } | undefined,
): HintedError {
  const field = FIELDS[error?.field ?? ""];
  const value = error?.value ?? text;
  return new HintedError(
    field
      ? `"${shortened(value)}" does not fit as ${field}.`
      : `"${shortened(text)}" is no schedule: ${error?.message ?? "it cannot be read"}.`,
    { hint: HINT },
  );
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
