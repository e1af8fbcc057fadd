/** `privacy`, `opt-in`, `opt-out` and `forget-me`: what is kept of a person, and who decides. */

import type { CommandCall } from "../platform.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

export const privacy: ChatCommand = {
  name: "privacy",
  summary: "What I keep about you, and what for",
  audience: "everyone",
  isPrivate: true,
  options: [],
  run(call, context) {
    const hasOptedIn = context.consent.has(pseudonymOf(call, context));
    return {
      text: [
        "**What I keep of everybody.** Which messages belong to which reply, when, and which model wrote it, under a pseudonym; not what was said. Of ratings, reasons and better answers: all you give me, under the same pseudonym.",
        `**And of whoever opted in.** What they say to me and what I answer, for ${context.retentionDays} days, so that I can learn from it; of others in the same conversation nothing.`,
        "**What for.** Buttons that work tomorrow, limits per day, and a better model. I learn only from people who opted in, and ask again each time; a reviewer may read what I am to learn.",
        "**Where.** On the machine I run on, nowhere else. The 20,000 newest replies are remembered; feedback stays until you say `forget-me`.",
        hasOptedIn
          ? "You have opted **in**. `opt-out` changes that."
          : "You have **not** opted in. `opt-in` changes that.",
      ].join("\n"),
    };
  },
};

export const optIn: ChatCommand = {
  name: "opt-in",
  summary: "Let me learn from you, and keep what you say to me for that",
  audience: "everyone",
  isPrivate: true,
  options: [],
  async run(call, context) {
    await context.consent.give(pseudonymOf(call, context), context.clock.now());
    return {
      text: "Thank you. I may learn from your ratings and corrections, and keep what you say to me from now on for that; `opt-out` ends it.",
    };
  },
};

export const optOut: ChatCommand = {
  name: "opt-out",
  summary: "I no longer learn from you",
  audience: "everyone",
  isPrivate: true,
  options: [],
  async run(call, context) {
    await context.consent.withdraw(pseudonymOf(call, context));
    return { text: "I no longer learn from you. `forget-me` also deletes what I have." };
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
    const { replies, contexts, ratings, forgotten, consent, clock } = context;
    await consent.withdraw(person);
    await forgotten.add(person, clock.now()); // first: what the disk then fails to delete counts as gone
    const forgottenReplies = await replies.forget(({ asker }) => asker === person);
    const forgottenContexts = await contexts.forget(person);
    const forgottenFeedback = await ratings.forget(person);
    return {
      text: `Deleted: the records of ${forgottenReplies} of my replies to you, ${forgottenContexts} conversations with words of yours and ${forgottenFeedback} pieces of your feedback. The messages themselves are yours to delete.`,
    };
  },
};

function pseudonymOf({ place, person }: CommandCall, { people }: CommandContext): string {
  return people.pseudonymOf(place.platform, person.id);
}
