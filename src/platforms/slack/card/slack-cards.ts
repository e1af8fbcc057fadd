/** Cards in Slack: each one message of blocks, rewritten in place. */

import { randomBytes } from "node:crypto";

import type { Card, Cards } from "../../../chat/cards.ts";
import type { Clock } from "../../../chat/clock.ts";
import { UnreachableError, type Place } from "../../../chat/platform.ts";
import { HintedError } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";
import { ANSWER_LOST } from "../connection/once-only.ts";
import { NOTICE, SlackMessage } from "../conversation/slack-message.ts";
import { refusalOf, type WebClient } from "../conversation/workspace.ts";
import { cardContent } from "./card-blocks.ts";
import { CardPictures, type Picture } from "./card-pictures.ts";

/** How long before each further attempt, in milliseconds: Slack looks through a new file first. */
const PICTURE_WAITS = [1000, 2000, 4000];

/** Slack's word for blocks with a file that it does not show, or not yet. */
const NOT_SHOWN = "invalid_blocks";

/** Messages among which a card is looked for whose birth was not confirmed. */
const PAGE = 100;

export type ClientFor = (team: string) => Promise<WebClient>;

type Content = ReturnType<typeof cardContent>;

export class SlackCards implements Cards {
  readonly #clock: Clock;
  readonly #pictures: CardPictures;
  #clientFor: ClientFor | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#pictures = new CardPictures(log);
  }

  /** From now on there is somebody to show them; nobody: not any more. */
  serve(clientFor: ClientFor | undefined): void {
    this.#clientFor = clientFor;
  }

  async post(place: Place, card: Card): Promise<string> {
    return explained(async () => {
      const client = await this.#clientAt(place);
      const picture = await this.#pictures.take(client, card.image);
      const shown = await this.#show(client, card, picture, (content) =>
        postOnce(client, place, content),
      );
      await this.#pictures.show(client, keyOf(place, shown.result), shown.picture);
      return shown.result;
    });
  }

  async update(place: Place, messageId: string, card: Card): Promise<void> {
    await explained(async () => {
      const client = await this.#clientAt(place);
      const key = keyOf(place, messageId);
      const picture = await this.#pictures.take(client, card.image, key);
      const shown = await this.#show(client, card, picture, (content) =>
        client.chat.update({ channel: place.channel, ts: messageId, ...content }),
      );
      await this.#pictures.show(client, key, shown.picture);
    });
  }

  /** Waits for the picture for a while; a card without it is better than none. */
  async #show<T>(
    client: WebClient,
    card: Card,
    picture: Picture | undefined,
    put: (content: Content) => Promise<T>,
  ): Promise<{ readonly result: T; readonly picture?: Picture | undefined }> {
    if (!picture) return { result: await put(cardContent(card, undefined)) };
    const content = cardContent(card, picture.file);
    let refusal: unknown;
    for (const wait of [0, ...PICTURE_WAITS]) {
      if (wait > 0) await this.#clock.sleep(wait);
      try {
        return { result: await put(content), picture };
      } catch (error) {
        if (refusalOf(error) !== NOT_SHOWN) throw error;
        refusal = error;
      }
    }
    const result = await put(cardContent(card, undefined));
    this.#pictures.complain(refusal);
    return { result };
  }

  async #clientAt({ community = "" }: Place): Promise<WebClient> {
    if (!this.#clientFor) throw unreachable();
    return this.#clientFor(community);
  }
}

function keyOf({ channel }: Place, ts: string): string {
  return `${channel}/${ts}`;
}

/** If its birth is not confirmed, it is looked for where it must stand. */
async function postOnce(client: WebClient, place: Place, content: Content): Promise<string> {
  const { channel, thread } = place;
  const card = randomBytes(10).toString("hex");
  try {
    const { ts } = await client.chat.postMessage({
      channel,
      ...content,
      ...(thread !== undefined && { thread_ts: thread }),
      metadata: { event_type: NOTICE, event_payload: { card } },
      unfurl_links: false,
    });
    if (ts === undefined) throw new Error("Slack gave no ts for a new message.");
    return ts;
  } catch (error) {
    const found = refusalOf(error) === ANSWER_LOST && (await find(client, place, card));
    if (!found) throw error;
    return found;
  }
}

async function find(
  client: WebClient,
  { channel, thread }: Place,
  card: string,
): Promise<string | undefined> {
  const page = { channel, limit: PAGE, include_all_metadata: true };
  const { messages = [] } =
    thread === undefined
      ? await client.conversations.history(page)
      : await client.conversations.replies({ ...page, ts: thread });
  return messages
    .map((message) => SlackMessage.parse(message))
    .find(({ metadata }) => metadata?.event_payload["card"] === card)?.ts;
}

/** What waiting does not mend, in words; what it does, as such. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const refusal = refusalOf(cause);
    if (refusal === "message_not_found") {
      throw new HintedError("The card was deleted.", { hint: ELSEWHERE, cause });
    }
    if (refusal !== undefined && BARRED.has(refusal)) {
      throw new HintedError(`The bot may not write there: ${refusal}.`, { hint: ELSEWHERE, cause });
    }
    if (refusal === ANSWER_LOST || (refusal === undefined && isOnTheWay(cause))) {
      throw unreachable(cause);
    }
    throw cause;
  }
}

const ELSEWHERE = "Give the command once more, in a channel that the bot is a member of.";

const BARRED = new Set([
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "thread_not_found",
  "restricted_action",
  "cant_update_message",
  "account_inactive",
  "token_revoked",
  "invalid_auth",
]);

/** The network failed, or Slack's servers did. */
function isOnTheWay(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("slack_webapi_");
}

function unreachable(cause?: unknown): UnreachableError {
  return new UnreachableError("Slack cannot be reached now.", {
    hint: "The bot tries again by itself.",
    cause,
  });
}
