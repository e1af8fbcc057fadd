/** `persona [TEXT]`: who the bot is in this server or workspace. */

import { PERSONA_LIMIT, changeSettingsAt, settingsAt } from "../settings.ts";
import { WORDS } from "../words.ts";
import type { ChatCommand } from "./index.ts";

export const persona: ChatCommand = {
  name: "persona",
  summary: "Show who I am here, or change it",
  audience: "everyone",
  isPrivate: true,
  options: [
    {
      name: "text",
      description: "a few sentences to me, before every conversation; none for none",
      type: "text",
      maxLength: PERSONA_LIMIT,
    },
  ],
  async run({ options, place, person }, { settings, people }) {
    const text = String(options.text ?? "").trim();
    if (text === "") {
      const now = settingsAt(settings.value, place).persona;
      return { text: now ? `Who I am here:\n> ${now.replaceAll("\n", "\n> ")}` : NOBODY };
    }
    // A direct conversation is its own, but for Slack's, which belong to a workspace; there it concerns everybody.
    if (place.community !== undefined && !people.belongsTo("manager", place, person)) {
      return { text: WORDS.notAllowed.manager };
    }
    const isNone = text.toLowerCase() === "none";
    if (text.length > PERSONA_LIMIT)
      return { text: `At most ${PERSONA_LIMIT} characters, please.` };
    const by = people.pseudonymOf(place.platform, person.id);
    await changeSettingsAt(settings, place, { persona: isNone ? undefined : text }, by);
    return { text: isNone ? NOBODY : "That is who I am here from now on." };
  },
};

const NOBODY = "Nobody in particular: no persona is set here.";
