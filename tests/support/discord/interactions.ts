/** Pressed buttons, sent commands and forms: how long they may be answered, and with what they were. */

import { InteractionResponseType, type APIUser, type InteractionType } from "discord.js";

import { ApiError } from "./api-error.ts";
import type { ComponentForm } from "./form-rules.ts";
import type { Channel, StoredMessage } from "./world.ts";

const MILLISECONDS_TO_ACKNOWLEDGE = 3000;
const MILLISECONDS_OF_TOKEN = 15 * 60_000;

export interface Modal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly ComponentForm[];
}

/** One interaction, as the person who began it sees it go on. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly user: APIUser;
  readonly channel: Channel;
  /** The message whose button was pressed. */
  readonly message?: StoredMessage;
  readonly createdAt: number;
  acknowledged?: InteractionResponseType;
  /** What `@original` means. */
  original?: StoredMessage;
  /** All messages it was answered with, the ephemeral ones too. */
  readonly replies: StoredMessage[];
  modal?: Modal;
  choices?: readonly { readonly name: string; readonly value: string | number }[];
  expired?: "before acknowledgement" | "token";
}

export class Interactions {
  readonly all: Interaction[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws ApiError if it is too late, or was answered already. */
  toAcknowledge(id: string, token: string): Interaction {
    const interaction = this.all.find((one) => one.id === id && one.token === token);
    const age = this.#now() - (interaction?.createdAt ?? 0);
    if (!interaction || interaction.expired || age > MILLISECONDS_TO_ACKNOWLEDGE) {
      throw new ApiError("unknownInteraction");
    }
    if (interaction.acknowledged !== undefined) throw new ApiError("alreadyAcknowledged");
    return interaction;
  }

  /** @throws ApiError unless it was acknowledged and its token still lives. */
  toFollowUp(token: string): Interaction {
    const interaction = this.all.find((one) => one.token === token);
    if (!interaction) throw new ApiError("invalidWebhookToken");
    const isOld = this.#now() - interaction.createdAt > MILLISECONDS_OF_TOKEN;
    if (isOld || interaction.expired) throw new ApiError("invalidWebhookToken");
    if (interaction.acknowledged === undefined) throw new ApiError("unknownWebhook");
    return interaction;
  }
}
