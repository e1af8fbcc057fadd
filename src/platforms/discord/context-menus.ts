/** What can be done with any message of the bot, by a right click. */

import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  ContextMenuCommandBuilder,
  InteractionContextType,
  type MessageContextMenuCommandInteraction,
} from "discord.js";

import { privately } from "../../chat/answer.ts";
import type { Desk } from "./desk.ts";
import { toForm } from "./forms.ts";
import { acknowledge, answer } from "./interaction-answer.ts";
import { personIn, placeOf } from "./places.ts";

const TEACH = "Teach a better answer";
const EXPLAIN = "Explain this reply";
const NO_REPLY = "That is no reply of mine that I remember.";

export const contextMenus = [TEACH, EXPLAIN].map((name) =>
  new ContextMenuCommandBuilder()
    .setName(name)
    .setType(ApplicationCommandType.Message)
    .setContexts(InteractionContextType.Guild, InteractionContextType.BotDM)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall),
);

export async function choose(
  interaction: MessageContextMenuCommandInteraction,
  { bot, log }: Desk,
): Promise<void> {
  const { targetMessage, channel } = interaction;
  const reply = channel && bot.replyAt(placeOf(channel).channel, targetMessage.id);
  if (reply && interaction.commandName === TEACH) {
    await interaction.showModal(toForm("correct", reply.id));
    return;
  }
  await acknowledge(interaction, true, log);
  const words = reply ? await bot.explain(reply.id, personIn(interaction)) : privately(NO_REPLY);
  await answer(interaction, words);
}
