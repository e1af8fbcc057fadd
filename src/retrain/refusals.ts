/** What cannot be done with versions, in words for whoever asked: in chat, or at the command line. */

import { UNSEEN } from "../chat/models.ts";
import { HintedError } from "../core/errors.ts";
import type { Actor } from "./audit.ts";
import type { Trial } from "./registry-state.ts";

/** Where they ask. */
export type By = Pick<Actor, "platform">;

/** How they would list all versions, or promote one. */
function wordsFor({ platform }: By) {
  const isChat = platform !== "command line";
  return {
    list: isChat ? "`models`" : "`lfz experiments versions`",
    promote: (name: string, how = "") => {
      const flag = how === "" ? "" : isChat ? ` ${how}` : ` --${how}`;
      return `\`${isChat ? "" : "lfz experiments "}promote ${name}${flag}\``;
    },
    rollback: isChat ? "`rollback`" : "`lfz experiments rollback`",
  };
}

export function answersAlready(name: string, by: By): HintedError {
  return new HintedError(`${name} answers already.`, {
    hint: `${wordsFor(by).list} lists the others.`,
  });
}

/** An experiment was made anew under the name of the version that answers. */
export function hasItsName(name: string, by: By): HintedError {
  return new HintedError(
    `Another ${name} answers people now, and it cannot be tried beside itself.`,
    {
      hint: `Give it to everybody with ${wordsFor(by).promote(name)}, or train it under another name.`,
    },
  );
}

export function isOnTrial({ name, share }: Trial, by: By): HintedError {
  const { promote, rollback } = wordsFor(by);
  const how =
    share === UNSEEN
      ? `${name} is a shadow, answering unseen.`
      : `${name} is being tried by ${share} % of the people.`;
  return new HintedError(how, { hint: `Decide about it first: ${promote(name)} or ${rollback}.` });
}

export function wasJudgedToLose(name: string, verdict: string, by: By): HintedError {
  return new HintedError(`${name} was ${verdict}`, {
    hint: `Nothing that loses is promoted, unless you insist: ${wordsFor(by).promote(name, "force")}.`,
  });
}

export function namedByOperator(name: string, by: By): HintedError {
  return new HintedError(`${name} answers because the bot was started with it.`, {
    hint: `${wordsFor(by).promote("NAME")} gives another model its place.`,
  });
}

export function nothingBefore(name: string, by: By): HintedError {
  return new HintedError(`There is nothing to go back to: no model served before ${name}.`, {
    hint: `${wordsFor(by).list} lists what can be promoted instead.`,
  });
}

export class RolledBackMeanwhile extends HintedError {
  constructor() {
    super("A rollback came in between, before the model was loaded.", {
      hint: "Ask again if it is still wanted.",
    });
  }
}

export function isLoading(name: string): HintedError {
  return new HintedError(`${name} is being loaded just now.`, { hint: "Ask again in a moment." });
}
