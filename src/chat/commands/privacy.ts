/** `privacy`, `opt-in`, `opt-out` and `forget-me`: what is kept of a person, and who decides. */

import { HintedError } from "../../core/errors.ts";
import type { Orderer } from "../jobs.ts";
import type { CommandCall, Place } from "../platform.ts";
import { isLearntFrom } from "../settings.ts";
import type { CommandOption } from "./command.ts";
import type { TaughtModel } from "../taught-models.ts";
import { directPlacesOf, forgetSettingsIn } from "../direct-settings.ts";
import { REMEMBERED_WORDINGS } from "../said-lately.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

const THE_BOT: Orderer = { who: "lfz", platform: "machine" };

const WHERE: CommandOption = {
  name: "where",
  description: "here: for this channel only; everywhere if left out",
  type: "text",
  choices: ["here", "everywhere"],
};

export const privacy: ChatCommand = {
  name: "privacy",
  summary: "What I keep about you, and what for",
  audience: "everyone",
  isPrivate: true,
  options: [],
  run(call, context) {
    return {
      text: [
        `**What I keep of everybody.** Which messages belong to which reply, when, and which model wrote it, under a pseudonym; not what was said, except in memory until I restart, of my ${REMEMBERED_WORDINGS} newest replies, so that I can explain them. What you set in a direct conversation. Of ratings, reasons and better answers: all you give me, under the same pseudonym.`,
        `**And of whoever opted in.** What they say to me and what I answer, for ${context.retentionDays} days, so that I can learn from it; of others in the same conversation nothing.`,
        "**What for.** Buttons that work tomorrow, limits per day, and a better model. I learn only from people who opted in, and ask again each time; a reviewer may read what I am to learn.",
        "**Where.** On the machine I run on, nowhere else. The 20,000 newest replies are remembered; feedback stays until you say `forget-me`.",
        ...standingOf(call, context),
      ].join("\n"),
    };
  },
};

export const optIn: ChatCommand = {
  name: "opt-in",
  summary: "Let me learn from you, and keep what you say to me for that",
  audience: "everyone",
  isPrivate: true,
  options: [WHERE],
  async run(call, context) {
    const where = whereOf(call);
    await decide(call, context, true, where);
    const [scope, end] = where
      ? [" in this channel", "`opt-out here` ends it"]
      : ["", "`opt-out` ends it, `opt-out here` for one channel"];
    return {
      text: [
        `Thank you. I may learn from your ratings and corrections${scope}, and keep what you say to me${scope} from now on for that; ${end}.`,
        ...exceptionsTo(call, context),
      ].join("\n"),
    };
  },
};

export const optOut: ChatCommand = {
  name: "opt-out",
  summary: "I no longer learn from you",
  audience: "everyone",
  isPrivate: true,
  options: [WHERE],
  async run(call, context) {
    const where = whereOf(call);
    await decide(call, context, false, where);
    const scope = where ? " in this channel" : "";
    return { text: `I no longer learn from you${scope}. \`forget-me\` also deletes what I have.` };
  },
};

export const forgetMe: ChatCommand = {
  name: "forget-me",
  summary: "Delete all I keep about you",
  audience: "everyone",
  isPrivate: true,
  options: [
    {
      name: "confirm",
      description: "yes: it cannot be undone",
      type: "text",
      isRequired: true,
      choices: ["yes"],
    },
  ],
  async run(call, context) {
    if (call.options.confirm !== "yes") {
      return { text: "That cannot be undone. Say `forget-me yes` if you mean it." };
    }
    const person = pseudonymOf(call, context);
    const { replies, saidLately, contexts, ratings, forgotten, consent, settings, clock } = context;
    const direct = directPlacesOf(person, call.place, replies);
    await consent.withdraw(person);
    await forgotten.add(person, clock.now()); // first: what the disk then fails to delete counts as gone
    saidLately.forget(person);
    const forgottenReplies = await replies.forget(({ asker }) => asker === person);
    const forgottenContexts = await contexts.forget(person);
    const forgottenFeedback = await ratings.forget(person);
    await forgetSettingsIn(direct, person, settings);
    const deleted = `Deleted: the records of ${forgottenReplies} of my replies to you, ${forgottenContexts} conversations with words of yours and ${forgottenFeedback} pieces of your feedback. The messages themselves are yours to delete.`;
    return { text: [deleted, ...(await wordsOnModels(person, context))].join("\n") };
  },
};

async function decide(
  call: CommandCall,
  context: CommandContext,
  agrees: boolean,
  where: Place | undefined,
): Promise<void> {
  const { consent, clock } = context;
  const person = pseudonymOf(call, context);
  if (where) return consent.decide(person, agrees, clock.now(), where);
  return agrees ? consent.give(person, clock.now()) : consent.withdraw(person);
}

/** What holds for this person, here and elsewhere. */
function standingOf(call: CommandCall, context: CommandContext): string[] {
  const person = pseudonymOf(call, context);
  const { consent } = context;
  const isHere = consent.has(person, call.place);
  const isGeneral = consent.hasEverywhere(person);
  const standing = STANDINGS[`${isGeneral ? "everywhere" : "nowhere"}, ${isHere ? "in" : "out"}`];
  return [standing, ...exceptionsTo(call, context)];
}

const STANDINGS = {
  "everywhere, in":
    "You have opted **in**. `opt-out` changes that, `opt-out here` for this channel only.",
  "everywhere, out":
    "You have opted **in**, but **not** in this channel. `opt-in here` changes that; `opt-out` is for everywhere.",
  "nowhere, in":
    "You have opted **in**, in this channel. `opt-out here` changes that; `opt-in` is for everywhere.",
  "nowhere, out":
    "You have **not** opted in. `opt-in` changes that, `opt-in here` for this channel only.",
} as const;

/** Where something else holds than was said last. */
function exceptionsTo(call: CommandCall, context: CommandContext): string[] {
  const { consent, settings } = context;
  const { place } = call;
  const person = pseudonymOf(call, context);
  const isGeneral = consent.hasEverywhere(person);
  const isException = consent.has(person, place) !== isGeneral;
  const others = Object.keys(consent.exceptionsOf(person)).length - (isException ? 1 : 0);
  const lines: string[] = [];
  if (others > 0) {
    const channels = `${others} other ${others === 1 ? "channel" : "channels"}`;
    lines.push(isGeneral ? `In ${channels} you opted out.` : `In ${channels} you opted in.`);
  }
  if (!isLearntFrom(settings.value, place)) {
    lines.push("In this channel I learn from nobody: so its managers decided.");
  }
  return lines;
}

/** @throws HintedError if it is neither here nor everywhere */
function whereOf({ options, place }: CommandCall): Place | undefined {
  switch (options.where ?? "everywhere") {
    case "here":
      return place;
    case "everywhere":
      return undefined;
    default:
      throw new HintedError(`${String(options.where).slice(0, 40)} is no place.`, {
        hint: "Say `here` for this channel, or nothing for everywhere.",
      });
  }
}

/** What has been learnt cannot be deleted out of a model: only another model can take its place. */
async function wordsOnModels(person: string, context: CommandContext): Promise<string[]> {
  const isBegunAgain = await (context.jobs ?? context.restingJobs)?.collectAgain(person);
  const training = isBegunAgain
    ? ["A training that was going on begins again without what you gave."]
    : [];
  try {
    const models = (await context.taught?.taughtBy(person)) ?? [];
    if (models.length === 0) return training;
    const count = models.length === 1 ? "One model" : `${models.length} models`;
    const names = models.map(({ name }) => name).join(", ");
    return [
      `${count} learnt from what you gave: ${names}.`,
      ...training,
      ...(await orderClean(models, context)),
    ];
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return [...training, `Which models learnt from it cannot be told: ${error.message}`]; // it is deleted all the same
  }
}

/** A new model for whoever is answered by one of them, from the nearest that has seen nothing of the person. */
async function orderClean(
  models: readonly TaughtModel[],
  { jobs }: CommandContext,
): Promise<string[]> {
  const serving = models.find(({ isServing }) => isServing);
  if (!serving) return ["None of them answers anybody now."];
  const { name, clean } = serving;
  if (!jobs || !clean) return [`${name} answers people now; only an admin can replace it.`];
  try {
    const from = clean.folder;
    await jobs.order({ by: THE_BOT, from, why: "somebody asked to be forgotten" }); // nowhere is told who
    return [`${name} answers people now. A clean one, from ${clean.name}, is queued.`];
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return [`${name} answers people now. A clean one is not queued: ${error.message}`];
  }
}

function pseudonymOf({ place, person }: CommandCall, { people }: CommandContext): string {
  return people.pseudonymOf(place.platform, person.id);
}
