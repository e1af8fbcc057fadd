/** `models`, `promote` and `rollback`: which version of the model answers whom. */

import { HintedError } from "../../core/errors.ts";
import { roleOf, type Models, type PromotionOrder, type VersionSummary } from "../models.ts";
import type { CommandCall } from "../platform.ts";
import { givenBy } from "./given-by.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

const EVERYBODY = 100;
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
    REASON,
  ],
  async run(call, context) {
    const { name, share } = call.options;
    const order = {
      name: String(name ?? "").trim(),
      share: toShare(share),
      by: givenBy(call),
      why: reasonOf(call),
    };
    return { text: await promoteIn(versionsIn(context), order) };
  },
  async complete(_, typed, context) {
    const names = (await versionsIn(context).list())
      .filter(({ isServing }) => !isServing)
      .map(({ name }) => name);
    return names.filter((name) => name.toLowerCase().includes(typed.toLowerCase())).slice(-25);
  },
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

async function promoteIn(versions: Models, order: PromotionOrder): Promise<string> {
  const { name, share } = order;
  const promoted = await versions.promote(order);
  switch (promoted.kind) {
    case "asked":
      return `Noted. Once another admin says \`promote ${name}${share < EVERYBODY ? ` ${share}` : ""}\` within the hour, it is done.`;
    case "canary":
      return `**${name}** answers ${share} % of the people from now on, **${promoted.champion}** all others. \`promote ${name}\` gives it everybody, \`rollback\` takes it back.`;
    case "champion":
      return `**${name}** answers everybody from now on. \`rollback\` brings **${promoted.before}** back.`;
  }
}

function versionsIn({ models: versions }: CommandContext): Models {
  if (versions) return versions;
  throw new HintedError("There is only one model here.", { hint: "`model` tells about it." });
}

function reasonOf({ options }: CommandCall): string | undefined {
  const reason = String(options.reason ?? "")
    .trim()
    .slice(0, REASON_LIMIT);
  return reason === "" ? undefined : reason;
}

function toShare(value: string | number | boolean | undefined): number {
  const share = value === undefined ? EVERYBODY : Number(value);
  if (Number.isInteger(share) && share >= 1 && share <= EVERYBODY) return share;
  throw new HintedError(`${String(value).slice(0, 40)} is no share of the people.`, {
    hint: `A whole number from 1 to ${EVERYBODY}; a reason without one is given as reason="...".`,
  });
}

function lineOf(version: VersionSummary): string {
  const { name, state, isServing, remark } = version;
  const now = isServing && state !== "champion" ? ", answers now" : "";
  const facts = [...factsOf(version), remark].filter((fact) => fact !== undefined);
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
