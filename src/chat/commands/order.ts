/** `mute`, `unmute`, `stop-all`, `resume`: quiet, for a while or altogether. */

import { HintedError } from "../../core/errors.ts";
import type { CommandOption } from "./command.ts";
import { changeSettingsAt, settingsAt } from "../settings.ts";
import type { ChatCommand } from "./index.ts";

const MINUTE = 60_000;
const LONGEST_MUTE = 60 * 24 * 30;

const PERSON: CommandOption = {
  name: "person",
  description: "mention somebody, or their id; nobody: this channel",
  type: "text",
  maxLength: 60,
};

export const mute: ChatCommand = {
  name: "mute",
  summary: "Answer nobody in this channel for a while, or one person nowhere (admins)",
  audience: "manager",
  isPrivate: true,
  options: [
    {
      name: "minutes",
      description: "for how long, 60 if left out",
      type: "integer",
      min: 1,
      max: LONGEST_MUTE,
    },
    PERSON,
  ],
  async run({ options, place, person }, { settings, people, clock }) {
    const minutes = toMinutes(options.minutes);
    const until = clock.now() + minutes * MINUTE;
    const muted = toPersonId(options.person);
    if (muted === undefined) {
      const still = stillMuted(settingsAt(settings.value, place).mutedChannels, clock.now());
      const mutedChannels = { ...still, [place.channel]: until };
      const by = people.pseudonymOf(place.platform, person.id);
      await changeSettingsAt(settings, place, { mutedChannels }, by);
      return { text: `Quiet in this channel for ${minutes} minutes; \`unmute\` ends it.` };
    }
    if (!people.isAdmin(place, person)) throw adminsOnly();
    await settings.change((value) => ({
      ...value,
      mutedPeople: {
        ...stillMuted(value.mutedPeople, clock.now()),
        [`${place.platform}:${muted}`]: until,
      },
    }));
    return { text: `I do not answer ${muted} for ${minutes} minutes; \`unmute\` ends it.` };
  },
};

export const unmute: ChatCommand = {
  name: "unmute",
  summary: "Answer again in this channel, or one person (admins)",
  audience: "manager",
  isPrivate: true,
  options: [PERSON],
  async run({ options, place, person }, { settings, people }) {
    const muted = toPersonId(options.person);
    if (muted === undefined) {
      const { [place.channel]: _, ...mutedChannels } = settingsAt(
        settings.value,
        place,
      ).mutedChannels;
      const by = people.pseudonymOf(place.platform, person.id);
      await changeSettingsAt(settings, place, { mutedChannels }, by);
      return { text: "I answer in this channel." };
    }
    if (!people.isAdmin(place, person)) throw adminsOnly();
    await settings.change((value) => {
      const { [`${place.platform}:${muted}`]: _, ...mutedPeople } = value.mutedPeople;
      return { ...value, mutedPeople };
    });
    return { text: `I answer ${muted} again.` };
  },
};

export const stop: ChatCommand = {
  name: "stop-all",
  summary: "Panic: answer nobody, anywhere, until resume",
  audience: "admin",
  isPrivate: true,
  options: [],
  async run(_, context) {
    await context.settings.change((value) => ({ ...value, isStopped: true }));
    context.interruptAll();
    return { text: "I answer nobody any more. `resume` ends it." };
  },
};

export const resume: ChatCommand = {
  name: "resume",
  summary: "Answer again after stop-all",
  audience: "admin",
  isPrivate: true,
  options: [],
  async run(_, { settings }) {
    await settings.change((value) => ({ ...value, isStopped: false }));
    return { text: "I answer again." };
  },
};

function toMinutes(value: string | number | boolean | undefined): number {
  const minutes = value === undefined ? 60 : Number(value);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= LONGEST_MUTE) return minutes;
  throw new HintedError(`${String(value).slice(0, 40)} minutes cannot be.`, {
    hint: `A whole number from 1 to ${LONGEST_MUTE}.`,
  });
}

/** `<@123>`, `<@U123|name>` or a bare id; a name is nobody's id, and muting it would mute nobody. */
function toPersonId(value: string | number | boolean | undefined): string | undefined {
  const text = String(value ?? "").trim();
  if (text === "") return undefined;
  const [, id] = /^(?:<@!?)?([A-Z0-9]{2,30})(?:\|[^>]*)?>?$/.exec(text) ?? [];
  if (id) return id;
  throw new HintedError(`${text.slice(0, 40)} is nobody I know.`, {
    hint: "Mention the person, or give the id.",
  });
}

/** What is over need not be kept. */
function stillMuted(muted: Readonly<Record<string, number>>, now: number): Record<string, number> {
  return Object.fromEntries(Object.entries(muted).filter(([, until]) => until > now));
}

function adminsOnly(): HintedError {
  return new HintedError("Only admins of the bot can mute a person.", {
    hint: "Without a person, `mute` is for this channel.",
  });
}
