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
        "**What I keep.** Of a conversation: which messages belong to which reply, when, and which model wrote it, under a pseudonym; not what was said. Of ratings, reasons and better answers: all you give me, under the same pseudonym.",
        "**What for.** Buttons that work tomorrow, limits per day, and a better model. I learn only from people who opted in, and ask again each time.",
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
  summary: "Let me learn from your ratings and corrections",
  audience: "everyone",
  isPrivate: true,
  options: [],
  async run(call, context) {
    await context.consent.give(pseudonymOf(call, context), context.clock.now());
    return { text: "Thank you. I may learn from your ratings and corrections; `opt-out` ends it." };
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
    const { replies, ratings, consent } = context;
    await consent.withdraw(person);
    const forgottenReplies = await replies.forget(({ asker }) => asker === person);
    const forgottenFeedback = await ratings.forget(person);
    return {
      text: `Deleted: the records of ${forgottenReplies} of my replies to you and ${forgottenFeedback} pieces of your feedback. The messages themselves are yours to delete.`,
    };
  },
};

function pseudonymOf({ place, person }: CommandCall, { people }: CommandContext): string {
  return people.pseudonymOf(place.platform, person.id);
}
