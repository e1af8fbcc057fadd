/** What happens when somebody presses a button, under a reply or in a card. */

import type { ButtonInteraction } from "discord.js";

import { privately } from "../../chat/answer.ts";
import { giveLine } from "../../chat/commands/give-line.ts";
import { STALE, type Answer, type Person } from "../../chat/platform.ts";
import type { ReplyRecord } from "../../chat/replies.ts";
import { readLine, readName, toReasonButton } from "./button-rows.ts";
import type { Desk } from "./desk.ts";
import { toForm } from "./forms.ts";
import { fetchMessages } from "./history.ts";
import { acknowledge, answer, whisper } from "./interaction-answer.ts";
import { toChatMessage } from "./messages.ts";
import { personIn, placeIn } from "./places.ts";
import { isAcknowledged, isOver, isUnknownMessage } from "./refusals.ts";
import { stageAt } from "./stage.ts";

export async function press(button: ButtonInteraction, desk: Desk): Promise<void> {
  const { bot, log } = desk;
  const line = readLine(button.customId);
  if (line !== undefined) return runLine(button, line, desk);
  const name = readName(button.customId);
  const person = personIn(button);
  if (!name) return say(button, privately(STALE), desk);
  const { deed, replyId } = name;
  switch (deed) {
    case "correct":
    case "reason":
      // A form must be the first answer there is.
      if (bot.reply(replyId)) await button.showModal(toForm(deed, replyId));
      else await say(button, privately(STALE), desk);
      return;
    case "again":
      return again(button, replyId, person, desk);
    case "remove":
      return remove(button, replyId, person, desk);
    case "stop":
      await acknowledge(button, true, log);
      await answer(button, await bot.stop(replyId, person));
      return;
    case "good":
    case "bad": {
      await acknowledge(button, true, log);
      const words = await bot.rate(replyId, person, deed, { isToggle: true });
      const isBad = deed === "bad" && bot.reply(replyId) !== undefined;
      await answer(button, words, isBad ? [toReasonButton(replyId)] : []);
    }
  }
}

/** As if whoever pressed had given the command there. */
async function runLine(
  button: ButtonInteraction,
  line: string,
  { bot, client, log }: Desk,
): Promise<void> {
  await acknowledge(button, true, log);
  const who = { person: personIn(button), place: await placeIn(button, client) };
  await answer(button, await giveLine(line, who, bot));
}

async function say(button: ButtonInteraction, words: Answer, { log }: Desk): Promise<void> {
  await acknowledge(button, true, log);
  await answer(button, words);
}

async function again(
  button: ButtonInteraction,
  replyId: string,
  person: Person,
  desk: Desk,
): Promise<void> {
  const record = desk.bot.reply(replyId);
  if (!record) return say(button, privately(STALE), desk);
  await hush(button);
  const { channel } = button;
  const question = channel && (await fetchMessages(channel, [record.question.at(-1) ?? ""]));
  const [message] = question ?? [];
  if (!channel?.isSendable() || !message)
    return whisper(button, "The question is gone: there is nothing to answer.");
  const earlier = await fetchMessages(channel, record.messages);
  const asked = { ...toChatMessage(message), author: person };
  const stage = stageAt({ message, channel, earlier }, desk);
  const { text } = await desk.bot.again(replyId, asked, stage);
  if (text !== "") await whisper(button, text);
}

async function remove(
  button: ButtonInteraction,
  replyId: string,
  person: Person,
  desk: Desk,
): Promise<void> {
  const { bot } = desk;
  const record: ReplyRecord | undefined = bot.reply(replyId);
  const objection = bot.mayRemove(replyId, person);
  if (objection || !record) return say(button, objection ?? privately(STALE), desk);
  await hush(button);
  for (const message of await fetchMessages(button.channel, record.messages)) {
    await message.delete().catch((error: unknown) => {
      if (!isUnknownMessage(error)) throw error;
    });
  }
  await bot.removed(replyId);
}

/** Says nothing more than that it was heard. */
async function hush(button: ButtonInteraction): Promise<void> {
  try {
    await button.deferUpdate();
  } catch (error) {
    if (!isAcknowledged(error) && !isOver(error)) throw error; // too late is no reason not to do it
  }
}
