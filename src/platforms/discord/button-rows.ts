/** Buttons and the names they travel under; those outlive a restart, the state they stand for is the bot's. */

import { ActionRowBuilder, ButtonBuilder, ButtonStyle } from "discord.js";

import type { CardButton } from "../../chat/cards.ts";
import type { Control } from "../../chat/controls.ts";

/** What a button or a form is about. */
export type Deed = Control["action"] | "reason";

const DEEDS = new Set(["good", "bad", "correct", "again", "stop", "remove", "reason"]);
const NAME = /^lfz:([a-z]+):([0-9a-f]+)$/;
const LINE_NAME = /^lfz:run:([\s\S]+)$/;
const BUTTONS_IN_A_ROW = 5;

export function toName(deed: Deed, replyId: string): string {
  return `lfz:${deed}:${replyId}`;
}

/** Nothing for a name that is not of this bot. */
export function readName(customId: string): { deed: Deed; replyId: string } | undefined {
  const [, deed = "", replyId = ""] = NAME.exec(customId) ?? [];
  return isDeed(deed) ? { deed, replyId } : undefined;
}

/** The command line that a button of a card stands for. */
export function readLine(customId: string): string | undefined {
  return LINE_NAME.exec(customId)?.[1];
}

/** Discord takes names of up to 100 characters. */
export function toLineButtons(buttons: readonly CardButton[]): ActionRowBuilder<ButtonBuilder>[] {
  const rows: ActionRowBuilder<ButtonBuilder>[] = [];
  for (let from = 0; from < buttons.length; from += BUTTONS_IN_A_ROW) {
    const row = buttons.slice(from, from + BUTTONS_IN_A_ROW).map(toLineButton);
    rows.push(new ActionRowBuilder<ButtonBuilder>().addComponents(row));
  }
  return rows;
}

export function toButtons(
  controls: readonly Control[],
  replyId: string,
): ActionRowBuilder<ButtonBuilder>[] {
  if (controls.length === 0) return [];
  const buttons = controls.map(({ action, symbol }) => toButton(action, replyId).setEmoji(symbol));
  return [new ActionRowBuilder<ButtonBuilder>().addComponents(buttons)];
}

/** Stands under the thanks for a 👎. */
export function toReasonButton(replyId: string): ActionRowBuilder<ButtonBuilder> {
  const button = toButton("reason", replyId).setLabel("Say why");
  return new ActionRowBuilder<ButtonBuilder>().addComponents(button);
}

function toLineButton({ label, line, isDangerous = false }: CardButton): ButtonBuilder {
  return new ButtonBuilder()
    .setCustomId(`lfz:run:${line}`)
    .setLabel(label)
    .setStyle(isDangerous ? ButtonStyle.Danger : ButtonStyle.Secondary);
}

function toButton(deed: Deed, replyId: string): ButtonBuilder {
  return new ButtonBuilder().setCustomId(toName(deed, replyId)).setStyle(ButtonStyle.Secondary);
}

function isDeed(text: string): text is Deed {
  return DEEDS.has(text);
}
