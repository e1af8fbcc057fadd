/** `settings [NAME VALUE]`: how the bot behaves in this server or workspace. */

import { HintedError } from "../../core/errors.ts";
import type { Place } from "../platform.ts";
import { changeSettingsAt, settingsAt, type CommunitySettings } from "../settings.ts";
import { WORDS } from "../words.ts";
import type { ChatCommand } from "./index.ts";

/** A setting as people see it: one word, one value. */
interface Setting {
  readonly name: string;
  readonly meaning: string;
  /** What concerns the model, and with it everybody everywhere, admins decide. */
  readonly isForAdmins?: boolean;
  show(settings: CommunitySettings, place: Place): string;
  read(value: string, settings: CommunitySettings, place: Place): Partial<CommunitySettings>;
}

const SETTINGS: readonly Setting[] = [
  {
    name: "listen",
    meaning: "answer every message of this channel: on, off",
    show: ({ channels }, { channel }) => (channels.includes(channel) ? "on" : "off"),
    read: (value, { channels }, { channel }) => ({
      channels: toSwitch(value) ? including(channels, channel) : without(channels, channel),
    }),
  },
  {
    name: "learning",
    meaning: "learn from people of this channel who opted in: on, off",
    show: ({ unlearntChannels }, { channel }) =>
      unlearntChannels.includes(channel) ? "off" : "on",
    read: (value, { unlearntChannels: channels }, { channel }) => ({
      unlearntChannels: toSwitch(value) ? without(channels, channel) : including(channels, channel),
    }),
  },
  {
    name: "review",
    meaning: "better answers wait until `review` approves them: on, off (admins)",
    isForAdmins: true,
    show: ({ review }) => (review ? "on" : "off"),
    read: (value) => ({ review: toSwitch(value) }),
  },
  {
    name: "names",
    meaning: "let the model read who says what: on, off",
    show: ({ names }) => (names ? "on" : "off"),
    read: (value) => ({ names: toSwitch(value) }),
  },
  {
    name: "bots",
    meaning: "answer other bots, three turns at most: on, off",
    show: ({ bots }) => (bots ? "on" : "off"),
    read: (value) => ({ bots: toSwitch(value) }),
  },
  {
    name: "buttons",
    meaning: "buttons under every reply: on, off",
    show: ({ buttons }) => (buttons ? "on" : "off"),
    read: (value) => ({ buttons: toSwitch(value) }),
  },
  {
    name: "length",
    meaning: "the longest reply in tokens, 1 to 4096, or default",
    show: ({ length }) => String(length ?? "default"),
    read: (value) => ({ length: toNumber(value, 1, 4096, Number.isInteger) }),
  },
  {
    name: "temperature",
    meaning: "how freely I choose, 0 to 2, or default",
    show: ({ temperature }) => String(temperature ?? "default"),
    read: (value) => ({ temperature: toNumber(value, 0, 2, () => true) }),
  },
  {
    name: "daily",
    meaning: "replies for one person in a day, 0 to 100000",
    show: ({ daily }) => String(daily),
    read: (value) => ({ daily: toNumber(value, 0, 100_000, Number.isInteger) ?? 300 }),
  },
  {
    name: "daily-role",
    meaning: "the same for a role: its id (or a mention of it) and a number, or default",
    show: ({ dailyByRole }) =>
      Object.entries(dailyByRole)
        .map(([role, limit]) => `${role} ${limit}`)
        .join(", ") || "none",
    read: (value, { dailyByRole }) => {
      const [, role, limit] =
        /^(?:<@&|<!subteam\^)?([A-Z0-9]+)(?:\|[^>]*)?>?\s+(\S+)$/.exec(value) ?? [];
      if (!role || !limit) throw unfit("daily-role takes a role and a number.");
      const { [role]: _, ...others } = dailyByRole;
      const daily = toNumber(limit, 0, 100_000, Number.isInteger);
      return { dailyByRole: daily === undefined ? others : { ...others, [role]: daily } };
    },
  },
];

export const settings: ChatCommand = {
  name: "settings",
  summary: "Show how I behave in this server or workspace, or change it",
  audience: "manager",
  isPrivate: true,
  options: [
    {
      name: "name",
      description: "which setting",
      type: "text",
      choices: SETTINGS.map(({ name }) => name),
    },
    { name: "value", description: "its new value", type: "text", maxLength: 200 },
  ],
  async run({ options, place, person }, { settings: document, people }) {
    const now = settingsAt(document.value, place);
    const name = String(options.name ?? "");
    if (name === "")
      return { text: SETTINGS.map((setting) => lineOf(setting, now, place)).join("\n") };
    const setting = SETTINGS.find((known) => known.name === name);
    if (!setting) {
      throw new HintedError(`There is no setting ${name.slice(0, 40)}.`, {
        hint: `There are ${SETTINGS.map((known) => known.name).join(", ")}.`,
      });
    }
    const value = String(options.value ?? "").trim();
    if (value === "") return { text: lineOf(setting, now, place) };
    if (setting.isForAdmins && !people.isAdmin(place, person)) {
      return { text: WORDS.notAllowed.admin };
    }
    const by = people.pseudonymOf(place.platform, person.id);
    await changeSettingsAt(document, place, setting.read(value, now, place), by);
    return { text: lineOf(setting, settingsAt(document.value, place), place) };
  },
};

function lineOf(setting: Setting, now: CommunitySettings, place: Place): string {
  return `- \`${setting.name}\` is **${setting.show(now, place)}**: ${setting.meaning}`;
}

function including(channels: readonly string[], channel: string): string[] {
  return [...without(channels, channel), channel];
}

function without(channels: readonly string[], channel: string): string[] {
  return channels.filter((other) => other !== channel);
}

function toSwitch(value: string): boolean {
  if (/^(on|yes|true|1)$/i.test(value)) return true;
  if (/^(off|no|false|0)$/i.test(value)) return false;
  throw unfit(`${value.slice(0, 40)} is neither on nor off.`);
}

/** `default` gives nothing. */
function toNumber(
  value: string,
  min: number,
  max: number,
  fits: (number: number) => boolean,
): number | undefined {
  if (/^default$/i.test(value)) return undefined;
  const number = Number(value);
  if (number >= min && number <= max && fits(number)) return number;
  throw unfit(`${value.slice(0, 40)} is not a number from ${min} to ${max} that fits.`);
}

function unfit(message: string): HintedError {
  return new HintedError(message, { hint: "`settings` shows what each one takes." });
}
