/** The bot's commands as Discord's: declared at start, given as slash commands. */

import {
  ApplicationIntegrationType,
  InteractionContextType,
  SlashCommandBuilder,
  SlashCommandStringOption,
  type ApplicationCommandOptionBase,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
} from "discord.js";

import type { Command, CommandOption } from "../../chat/commands/command.ts";
import type { CommandCall } from "../../chat/platform.ts";
import type { Desk } from "./desk.ts";
import { acknowledge, answer } from "./interaction-answer.ts";
import { maySpeak, permissionsCommand, permissionsReport } from "./permissions.ts";
import { personIn, placeIn } from "./places.ts";
import { stageAt } from "./stage.ts";
import { toQuote } from "./text.ts";

const { Guild, BotDM } = InteractionContextType;

const MUTE = "I may not write in this channel: I lack a permission here.";

/**
 * Offered to all: Discord does not know who is an admin or the owner of the
 * bot, so whoever may not give a command is refused when it is given.
 */
export function toSlashCommand(command: Command): SlashCommandBuilder {
  const slash = new SlashCommandBuilder()
    .setName(command.name)
    .setDescription(command.summary)
    .setContexts(command.needsCommunity ? [Guild] : [Guild, BotDM])
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall)
    .setDefaultMemberPermissions(null);
  for (const option of requiredFirst(command.options)) addOption(slash, option);
  return slash;
}

export async function runCommand(
  interaction: ChatInputCommandInteraction,
  desk: Desk,
): Promise<void> {
  const { bot, log } = desk;
  const command = bot.commands.find(({ name }) => name === interaction.commandName);
  await acknowledge(interaction, command?.isPrivate ?? true, log);
  const call = await toCall(interaction, desk);
  if (interaction.commandName === permissionsCommand.name) {
    await answer(
      interaction,
      bot.refusal(permissionsCommand, call) ?? permissionsReport(desk.client, call),
    );
    return;
  }
  const words = await bot.command(call);
  if (words.ask === undefined) {
    await answer(interaction, words);
    return;
  }
  await askBelow(interaction, { ...call, text: words.ask }, desk);
}

/** What is asked of the model is shown as a quote, and answered below it. */
async function askBelow(
  interaction: ChatInputCommandInteraction,
  { text, person, place }: CommandCall & { readonly text: string },
  desk: Desk,
): Promise<void> {
  const { channel } = interaction;
  if (!channel?.isSendable() || !maySpeak(channel)) {
    await answer(interaction, { text: MUTE, isPrivate: false });
    return;
  }
  const message = await answer(interaction, { text: toQuote(text), isPrivate: false });
  const { id, createdTimestamp: at } = message;
  const address = "command";
  await desk.bot.hear(
    { id, at, place, author: person, text, address, attachments: 0 },
    stageAt({ message, channel }, desk),
  );
}

export async function complete(interaction: AutocompleteInteraction, desk: Desk): Promise<void> {
  const { name, value } = interaction.options.getFocused(true);
  const values = await desk.bot.complete(await toCall(interaction, desk), name, value);
  await interaction.respond(values.slice(0, 25).map((one) => ({ name: one, value: one })));
}

async function toCall(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction,
  { client }: Desk,
): Promise<CommandCall> {
  const options = interaction.options.data.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    name: interaction.commandName,
    options: Object.fromEntries(options),
    person: personIn(interaction),
    place: await placeIn(interaction, client),
  };
}

/** Discord wants them so. */
function requiredFirst(options: readonly CommandOption[]): CommandOption[] {
  return options.toSorted(
    (one, other) => Number(other.isRequired ?? false) - Number(one.isRequired ?? false),
  );
}

function addOption(slash: SlashCommandBuilder, option: CommandOption): void {
  const common = <Builder extends ApplicationCommandOptionBase>(builder: Builder) =>
    builder
      .setName(option.name)
      .setDescription(option.description)
      .setRequired(option.isRequired ?? false);
  switch (option.type) {
    case "switch":
      slash.addBooleanOption(common);
      return;
    case "integer":
      slash.addIntegerOption((builder) => {
        if (option.min !== undefined) builder.setMinValue(option.min);
        if (option.max !== undefined) builder.setMaxValue(option.max);
        return common(builder);
      });
      return;
    case "text":
      slash.addStringOption((builder) => common(toText(builder, option)));
  }
}

function toText(
  builder: SlashCommandStringOption,
  { choices, completes, maxLength }: CommandOption,
): SlashCommandStringOption {
  if (maxLength !== undefined) builder.setMaxLength(maxLength);
  if (choices) builder.addChoices(choices.map((value) => ({ name: value, value })));
  return builder.setAutocomplete(completes ?? false);
}
