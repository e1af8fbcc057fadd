/** `models`, `promote` and `rollback`: which version of the model answers whom, and which is only tried. */

import { HintedError } from "../../core/errors.ts";
import {
  EVERYBODY,
  roleOf,
  UNSEEN,
  type Models,
  type Promoted,
  type PromotionOrder,
  type VersionSummary,
} from "../models.ts";
import type { CommandCall } from "../platform.ts";
import { givenBy } from "./given-by.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

const REASON_LIMIT = 300;

const REASON = {
  name: "reason",
  description: "why, for the record",
  type: "text",
  maxLength: REASON_LIMIT,
} as const;

export const models: ChatCommand = {
  name: "models",
  summary: "List the versions of the model, with who serves and their figures",
  audience: "admin",
  isPrivate: true,
  options: [],
  async run(_, context) {
    const versions = await versionsIn(context).list();
    return { text: versions.map(lineOf).join("\n") };
  },
};

export const promote: ChatCommand = {
  name: "promote",
  summary: "Let another version answer: everybody, or a share of the people first",
  audience: "admin",
  isPrivate: true,
  options: [
    { name: "name", description: "which version", type: "text", isRequired: true, completes: true },
    {
      name: "share",
      description: "percent of the people; everybody if left out",
      type: "integer",
      min: 1,
      max: EVERYBODY,
    },
    {
      name: "shadow",
      description: "answer beside the champion, seen by nobody, for its figures",
      type: "switch",
    },
    {
      name: "force",
      description: "although the judge says that it loses; it is written down",
      type: "switch",
    },
    REASON,
  ],
  async run(call, context) {
    const { name, share, shadow, force } = call.options;
    const order = {
      name: String(name ?? "").trim(),
      share: toShare(share, isOn(shadow)),
      by: givenBy(call),
      why: reasonOf(call),
      isForced: isOn(force),
      place: call.place,
    };
    return { text: await promoteIn(versionsIn(context), order) };
  },
  complete: (_, typed, context) => namesToPromote(typed, context),
};

export const rollback: ChatCommand = {
  name: "rollback",
  summary: "Let the version before answer again",
  audience: "admin",
  isPrivate: true,
  options: [REASON],
  async run(call, context) {
    const { from, to } = await versionsIn(context).rollback(givenBy(call), reasonOf(call));
    return { text: `**${to}** answers everybody again; **${from}** no longer does.` };
  },
};

/** What does not answer yet, of the names in which what was typed stands. */
export async function namesToPromote(typed: string, context: CommandContext): Promise<string[]> {
  const names = (await versionsIn(context).list())
    .filter(({ isServing }) => !isServing)
    .map(({ name }) => name);
  return names.filter((name) => name.toLowerCase().includes(typed.toLowerCase())).slice(-25);
}

async function promoteIn(versions: Models, order: PromotionOrder): Promise<string> {
  const promoted = await versions.promote(order);
  const judged = `It is ${promoted.judged}`;
  return `${wordsFor(order, promoted)} ${judged.endsWith(".") ? judged : `${judged}.`}`;
}

function wordsFor({ name, share, isForced }: PromotionOrder, promoted: Promoted): string {
  const how = share === UNSEEN ? " shadow" : share < EVERYBODY ? ` ${share}` : "";
  switch (promoted.kind) {
    case "asked":
      return `Noted. Once another admin says \`promote ${name}${how}${isForced ? " force" : ""}\` within the hour, it is done.`;
    case "shadow":
      return `**${promoted.champion}** answers everybody, and **${name}** beside it, now and then, seen by nobody. \`models\` shows how it fares, \`rollback\` ends it.`;
    case "canary":
      return `**${name}** answers ${share} % of the people from now on, **${promoted.champion}** all others. \`promote ${name}\` gives it everybody, \`rollback\` takes it back.`;
    case "champion":
      return `**${name}** answers everybody from now on. \`rollback\` brings **${promoted.before}** back.`;
  }
}

export function versionsIn({ models: versions }: CommandContext): Models {
  if (versions) return versions;
  throw new HintedError("There is only one model here.", { hint: "`model` tells about it." });
}

function reasonOf({ options }: CommandCall): string | undefined {
  const reason = String(options.reason ?? "")
    .trim()
    .slice(0, REASON_LIMIT);
  return reason === "" ? undefined : reason;
}

type Given = CommandCall["options"][string] | undefined;

function isOn(value: Given): boolean {
  return value === true || ["on", "yes", "true"].includes(String(value).toLowerCase());
}

function toShare(value: Given, isShadow: boolean): number {
  if (isShadow && value === undefined) return UNSEEN;
  if (isShadow) {
    throw new HintedError("A shadow answers no share of the people.", {
      hint: "Say `shadow` or a share, not both.",
    });
  }
  const share = value === undefined ? EVERYBODY : Number(value);
  if (Number.isInteger(share) && share >= 1 && share <= EVERYBODY) return share;
  throw new HintedError(`${String(value).slice(0, 40)} is no share of the people.`, {
    hint: `A whole number from 1 to ${EVERYBODY}; a reason without one is given as reason="...".`,
  });
}

function lineOf(version: VersionSummary): string {
  const { name, state, isServing, judged, figures, remark } = version;
  const now = isServing && state !== "champion" ? ", answers now" : "";
  const facts = [...factsOf(version), judged, figures, remark].filter((fact) => fact !== undefined);
  return `- **${name}** (${roleOf(version)}${now})${facts.length > 0 ? `: ${facts.join(", ")}` : ""}`;
}

function factsOf({ parameters, bytes, loss, bitsPerByte }: VersionSummary): string[] {
  const facts = [
    parameters && `${(parameters / 1e6).toFixed(1)} M parameters`,
    bytes && `${(bytes / 1e6).toFixed(1)} MB`,
    loss && `loss ${loss.toFixed(3)}`,
    bitsPerByte && `${bitsPerByte.toFixed(3)} bits a byte`,
  ];
  return facts.filter((fact) => typeof fact === "string");
}
