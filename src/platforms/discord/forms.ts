/** Forms: a better answer, and why a reply was bad. */

import {
  LabelBuilder,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type ModalSubmitInteraction,
} from "discord.js";

import { privately } from "../../chat/answer.ts";
import { STALE, type Answer } from "../../chat/platform.ts";
import { CORRECTION_LIMIT, REASON_LIMIT } from "../../chat/words.ts";
import { readName, toName } from "./button-rows.ts";
import type { Desk } from "./desk.ts";
import { personIn } from "./places.ts";

const FIELD = "text";

const FORMS = {
  correct: {
    title: "Teach a better answer",
    label: "What I should have said",
    limit: CORRECTION_LIMIT,
  },
  reason: { title: "What was bad about it?", label: "In your words", limit: REASON_LIMIT },
} as const;

export function toForm(deed: keyof typeof FORMS, replyId: string): ModalBuilder {
  const { title, label, limit } = FORMS[deed];
  const input = new TextInputBuilder()
    .setCustomId(FIELD)
    .setStyle(TextInputStyle.Paragraph)
    .setMaxLength(limit)
    .setRequired(true);
  return new ModalBuilder()
    .setCustomId(toName(deed, replyId))
    .setTitle(title)
    .addLabelComponents(new LabelBuilder().setLabel(label).setTextInputComponent(input));
}

/** What somebody wrote into a form; the bot trusts neither its length nor its words. */
export async function takeForm(
  interaction: ModalSubmitInteraction,
  { bot }: Desk,
): Promise<Answer> {
  const name = readName(interaction.customId);
  const person = personIn(interaction);
  const text = () => interaction.fields.getTextInputValue(FIELD);
  if (name?.deed === "correct") return bot.correct(name.replyId, person, text());
  if (name?.deed === "reason") return bot.explainRating(name.replyId, person, text());
  return privately(STALE);
}
