/** `roles [RANK ROLE]`: whose role or user group makes them an admin or a reviewer of the bot here. */

import { HintedError } from "../../core/errors.ts";
import { changeSettingsAt, ROLE_LIMIT, settingsAt } from "../settings.ts";
import type { Place } from "../platform.ts";
import type { ChatCommand } from "./index.ts";

const RANKS = ["admin", "reviewer", "none"] as const;

export const roles: ChatCommand = {
  name: "roles",
  summary: "Show whose role makes them my admins and reviewers here, or change it",
  audience: "owner",
  isPrivate: true,
  needsCommunity: true,
  options: [
    { name: "rank", description: "what they are to be", type: "text", choices: RANKS },
    {
      name: "role",
      description: "mention a role or user group, or give its id",
      type: "text",
      maxLength: 100,
    },
  ],
  async run({ options, place, person }, { settings, people }) {
    const { ranks } = settingsAt(settings.value, place);
    if (options.rank === undefined) return { text: listed(ranks, person.areRolesHidden ?? false) };
    const rank = RANKS.find((known) => known === options.rank);
    if (!rank) throw unfit(`${String(options.rank).slice(0, 40)} is no rank.`);
    const role = toRoleId(String(options.role ?? ""), place);
    const { [role]: _, ...others } = ranks;
    const changed = rank === "none" ? others : { ...others, [role]: rank };
    if (Object.keys(changed).length > ROLE_LIMIT) {
      throw unfit(`There are ${ROLE_LIMIT} roles already.`);
    }
    const by = people.pseudonymOf(place.platform, person.id);
    await changeSettingsAt(settings, place, { ranks: changed }, by);
    return { text: listed(changed, person.areRolesHidden ?? false) };
  },
};

function listed(ranks: Readonly<Record<string, string>>, areHidden: boolean): string {
  const lines = Object.entries(ranks).map(([role, rank]) => `- \`${role}\` ${rank}`);
  const head =
    lines.length > 0 ? "**Roles here**" : "No role here makes anybody my admin or reviewer.";
  return [head, ...lines, ...(areHidden ? [HIDDEN] : []), MEANING].join("\n");
}

const HIDDEN =
  "I am not allowed to see who has which role, so none of them counts: `lfz doctor` says what I lack.";

const MEANING = [
  "Reviewers decide what I learn; admins also promote models, train, mute and stop me, everywhere.",
  "Whoever may hand out a role decides who that is. To change it: `roles admin ROLE`, `roles reviewer ROLE`, `roles none ROLE`.",
].join("\n");

/** `<@&123>` on Discord, `<!subteam^S123|@crew>` in Slack, or a bare id. */
function toRoleId(text: string, { community }: Place): string {
  const [, id] =
    /^(?:<@&|<!subteam\^)?(\d{15,25}|S[A-Z0-9]{2,30})(?:\|[^>]*)?>?$/.exec(text.trim()) ?? [];
  if (!id) throw unfit(text.trim() === "" ? "Which role?" : `${text.slice(0, 40)} is no role.`);
  // The role of that id is everybody on Discord.
  if (id === community) throw unfit("That is everybody.");
  return id;
}

function unfit(message: string): HintedError {
  return new HintedError(message, {
    hint: "`roles admin ROLE`: mention a role or user group, or give its id.",
  });
}
