/**
 * Answering interactions: within three seconds that they were heard, later
 * what there is to say, and by another way if Discord no longer takes it.
 */

import { Buffer } from "node:buffer";

import {
  MessageFlags,
  type ActionRowBuilder,
  type ButtonBuilder,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Message,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
} from "discord.js";

import type { Answer } from "../../chat/platform.ts";
import { splitMessage } from "../../chat/split.ts";
import type { Log } from "../../log.ts";
import { isAcknowledged, isOver } from "./refusals.ts";
import { defuse, LONGEST_MESSAGE } from "./text.ts";

export type Answerable =
  | ButtonInteraction
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | ModalSubmitInteraction;

/** Says that it was heard, before anything slow; too late is no reason not to do what was asked. */
export async function acknowledge(
  interaction: Answerable,
  isPrivate: boolean,
  log: Log,
): Promise<void> {
  try {
    await interaction.deferReply(isPrivate ? { flags: MessageFlags.Ephemeral } : {});
  } catch (error) {
    if (isAcknowledged(error)) return;
    if (!isOver(error)) throw error;
    log.warn("acknowledged too late", { interaction: interaction.id });
  }
}

/** Resolves with the message that now holds the answer; rejects if it could be put nowhere. */
export async function answer(
  interaction: Answerable,
  words: Answer,
  components: ActionRowBuilder<ButtonBuilder>[] = [],
): Promise<Message> {
  const payload = { ...toPayload(words), components };
  try {
    return await interaction.webhook.editMessage("@original", payload);
  } catch (error) {
    if (!isOver(error)) throw error;
    return answerElsewhere(interaction, payload, words.isPrivate);
  }
}

/** Words for one person where the interaction was acknowledged without any. */
export async function whisper({ webhook }: Answerable, text: string): Promise<void> {
  await webhook.send({ content: defuse(text), flags: MessageFlags.Ephemeral });
}

/** What is for one person never lands in the channel. */
async function answerElsewhere(
  { user, channel }: Answerable,
  payload: ReturnType<typeof toPayload>,
  isPrivate: boolean,
): Promise<Message> {
  if (!isPrivate && channel?.isSendable()) return channel.send(payload);
  return user.send(payload);
}

function toPayload({ text, file }: Answer) {
  const [content = "", ...rest] = splitMessage(defuse(text), LONGEST_MESSAGE);
  const whole = file ?? (rest.length > 0 ? { name: "answer.md", text } : undefined);
  return {
    content,
    ...(whole && { files: [{ name: whole.name, attachment: Buffer.from(whole.text) }] }),
  };
}
