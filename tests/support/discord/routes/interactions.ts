/** Answers to interactions: the first within three seconds, the others by token for fifteen minutes. */

import { InteractionResponseType, InteractionType, MessageFlags, MessageType } from "discord.js";
import { z } from "zod";

import { ApiError } from "../api-error.ts";
import {
  MessageBody,
  ModalBody,
  requireFittingComponents,
  requireFittingMessage,
  requireFittingModal,
} from "../form-rules.ts";
import type { Interaction } from "../interactions.ts";
import type { StoredMessage } from "../world.ts";
import type { Call, Pieces, Routes } from "./call.ts";

const Callback = z.object({ type: z.enum(InteractionResponseType), data: z.unknown().optional() });
const Choices = z.object({
  choices: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        value: z.union([z.string().max(100), z.number()]),
      }),
    )
    .max(25),
});

export function interactionRoutes(pieces: Pieces): Routes {
  const { interactions, messages } = pieces;
  const addressed = (call: Call): [Interaction, StoredMessage] => {
    const interaction = interactions.toFollowUp(call.part("token"));
    const id = call.part("message");
    const message =
      id === "@original"
        ? interaction.original
        : interaction.replies.find(({ data }) => data.id === id);
    if (!message || message.deleted) throw new ApiError("unknownMessage");
    return [interaction, message];
  };
  return {
    "POST /interactions/:interaction/:token/callback": (call) => acknowledge(call, pieces),
    "POST /webhooks/:application/:token": (call) => {
      const interaction = interactions.toFollowUp(call.part("token"));
      const message = answer(interaction, MessageBody.parse(call.body), call, pieces);
      return message.data;
    },
    "GET /webhooks/:application/:token/messages/:message": (call) => addressed(call)[1].data,
    "PATCH /webhooks/:application/:token/messages/:message": (call) => {
      const [, message] = addressed(call);
      const body = MessageBody.parse(call.body);
      requireFittingMessage(
        { ...body, content: body.content ?? message.data.content },
        call.files.map(({ name }) => name),
      );
      message.data.flags &= ~MessageFlags.Loading;
      messages.edit(message, body, call.files);
      return message.data;
    },
    "DELETE /webhooks/:application/:token/messages/:message": (call) => {
      messages.delete(addressed(call)[1]);
      return undefined;
    },
  };
}

function acknowledge(call: Call, pieces: Pieces): object | undefined {
  const interaction = pieces.interactions.toAcknowledge(
    call.part("interaction"),
    call.part("token"),
  );
  const { type, data } = Callback.parse(call.body);
  respond(interaction, type, data, call, pieces);
  interaction.acknowledged = type;
  if (call.query.get("with_response") !== "true") return undefined;
  const message = interaction.original?.data;
  return {
    interaction: { id: interaction.id, type: interaction.type, response_message_id: message?.id },
    resource: { type, ...(message && { message }) },
  };
}

function respond(
  interaction: Interaction,
  type: InteractionResponseType,
  data: unknown,
  call: Call,
  pieces: Pieces,
): void {
  switch (type) {
    case InteractionResponseType.ChannelMessageWithSource:
      interaction.original = answer(interaction, MessageBody.parse(data), call, pieces);
      return;
    case InteractionResponseType.DeferredChannelMessageWithSource: {
      const { flags } = MessageBody.parse(data ?? {});
      const body = MessageBody.parse({ flags: (flags ?? 0) | MessageFlags.Loading });
      interaction.original = place(interaction, body, call, pieces);
      return;
    }
    case InteractionResponseType.DeferredMessageUpdate:
      interaction.original = interaction.message;
      return;
    case InteractionResponseType.UpdateMessage: {
      if (!interaction.message) throw new ApiError("invalidForm");
      const body = MessageBody.parse(data);
      requireFittingComponents(body.components ?? []);
      pieces.messages.edit(interaction.message, body, call.files);
      interaction.original = interaction.message;
      return;
    }
    case InteractionResponseType.ApplicationCommandAutocompleteResult:
      interaction.choices = Choices.parse(data).choices;
      return;
    case InteractionResponseType.Modal: {
      const modal = ModalBody.parse(data);
      requireFittingModal(modal);
      interaction.modal = modal;
      return;
    }
    default:
      throw new ApiError("invalidForm");
  }
}

function answer(interaction: Interaction, body: MessageBody, call: Call, pieces: Pieces) {
  requireFittingMessage(
    body,
    call.files.map(({ name }) => name),
  );
  return place(interaction, body, call, pieces);
}

function place(interaction: Interaction, body: MessageBody, call: Call, pieces: Pieces) {
  const { world, messages } = pieces;
  const { id, type, user } = interaction;
  const draft = {
    author: world.bot,
    body,
    files: call.files,
    webhookId: world.applicationId,
    interaction: { id, type, user },
    type: type === InteractionType.ApplicationCommand ? MessageType.ChatInputCommand : undefined,
  };
  const message = messages.add(interaction.channel, draft);
  interaction.replies.push(message);
  return message;
}
