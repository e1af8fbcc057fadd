/** Cards in Discord: each one message with its picture and buttons inside, edited in place. */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";

import {
  ContainerBuilder,
  DiscordAPIError,
  MessageFlags,
  RESTJSONErrorCodes,
  type Message,
  type SendableChannels,
} from "discord.js";

import type { Card, CardImage, Cards } from "../../chat/cards.ts";
import { UnreachableError, type Place } from "../../chat/platform.ts";
import { splitMessage } from "../../chat/split.ts";
import { HintedError, reasonOf } from "../../core/errors.ts";
import { toLineButtons } from "./button-rows.ts";
import type { Desk } from "./desk.ts";
import { isPassing, isUnknownMessage, persist } from "./refusals.ts";
import { inOpenThread } from "./open-thread.ts";
import { defuse } from "./text.ts";

/** Characters in all texts of a message that is laid out by components. */
const LONGEST_TEXT = 4000;
const LONGEST_DESCRIPTION = 1024;

type CardDesk = Pick<Desk, "client" | "clock" | "log">;

export class DiscordCards implements Cards {
  #desk: CardDesk | undefined;
  #hasToldOfImages = false;

  /** From now on there is somebody to show them; nobody: not any more. */
  serve(desk: CardDesk | undefined): void {
    this.#desk = desk;
  }

  async post(place: Place, card: Card): Promise<string> {
    return this.#explained(async (desk) => {
      const channel = await channelAt(place, desk);
      const nonce = randomBytes(10).toString("hex"); // one for all attempts: they stay one message
      const { id } = await this.#show(card, desk, (message) =>
        persist(async () => {
          const sent: Message = await channel.send({ ...message, nonce, enforceNonce: true });
          return sent;
        }, desk.clock),
      );
      return id;
    });
  }

  async update(place: Place, messageId: string, card: Card): Promise<void> {
    await this.#explained(async (desk) => {
      const channel = await channelAt(place, desk);
      await this.#show(card, desk, (message) =>
        inOpenThread(channel, async () => {
          const attachments: [] = []; // the picture from before goes
          await channel.messages.edit(messageId, { ...message, attachments });
        }),
      );
    });
  }

  /** Where no picture may be shown, all else still is. */
  async #show<T>(
    card: Card,
    { log }: CardDesk,
    put: (message: ReturnType<typeof toMessage>) => Promise<T>,
  ): Promise<T> {
    try {
      return await put(toMessage(card));
    } catch (error) {
      const isRefused = error instanceof DiscordAPIError && !isUnknownMessage(error);
      if (!card.image || !isRefused) throw error;
      const shown = await put(toMessage({ ...card, image: undefined }));
      if (!this.#hasToldOfImages) log.warn("card without image", { reason: reasonOf(error) });
      this.#hasToldOfImages = true;
      return shown;
    }
  }

  async #explained<T>(work: (desk: CardDesk) => Promise<T>): Promise<T> {
    if (!this.#desk) throw unreachable();
    try {
      return await work(this.#desk);
    } catch (error) {
      if (isPassing(error)) throw unreachable(error);
      throw hintedFor(error);
    }
  }
}

async function channelAt(place: Place, { client }: CardDesk): Promise<SendableChannels> {
  const channel = await client.channels.fetch(place.thread ?? place.channel);
  if (channel?.isSendable()) return channel;
  throw new HintedError("Nothing can be written in this channel.", { hint: ELSEWHERE });
}

function toMessage({ text, image, buttons }: Card) {
  const [shown = ""] = splitMessage(defuse(text), LONGEST_TEXT);
  const container = new ContainerBuilder().addTextDisplayComponents((display) =>
    display.setContent(shown),
  );
  if (image) {
    container.addMediaGalleryComponents((gallery) =>
      gallery.addItems((item) =>
        item.setURL(`attachment://${image.name}`).setDescription(descriptionOf(image)),
      ),
    );
  }
  container.addActionRowComponents(...toLineButtons(buttons));
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [container],
    files: image ? [toFile(image)] : [],
  } as const;
}

function toFile(image: CardImage) {
  const { name, png } = image;
  return { name, attachment: Buffer.from(png), description: descriptionOf(image) };
}

function descriptionOf({ description }: CardImage): string {
  return description.slice(0, LONGEST_DESCRIPTION);
}

const ELSEWHERE = "Give the command once more, in a channel where the bot may write.";

function unreachable(cause?: unknown): UnreachableError {
  return new UnreachableError("Discord cannot be reached now.", {
    hint: "The bot tries again by itself.",
    cause,
  });
}

/** What waiting does not mend, in words; anything else as it is. */
function hintedFor(cause: unknown): unknown {
  if (isUnknownMessage(cause)) {
    return new HintedError("The card was deleted.", { hint: ELSEWHERE, cause });
  }
  const isBarred = cause instanceof DiscordAPIError && BARRED.has(cause.code);
  if (!isBarred) return cause;
  return new HintedError(`The bot may not write there: ${cause.message}.`, {
    hint: ELSEWHERE,
    cause,
  });
}

const BARRED = new Set<number | string>([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
  RESTJSONErrorCodes.InvalidActionOnArchivedThread,
]);
