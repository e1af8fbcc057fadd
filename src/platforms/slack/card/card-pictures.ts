/**
 * The pictures of cards as files of Slack: the bot's own until a message
 * shows them, and deleted when the next one takes their place.
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

import type { CardImage } from "../../../chat/cards.ts";
import { RecentMap } from "../../../chat/recent.ts";
import { reasonOf } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";
import type { WebClient } from "../conversation/workspace.ts";

/** Cards whose picture is known; an older one stays in Slack as a file that nobody sees. */
const REMEMBERED = 200;

export interface Picture {
  readonly file: string;
  readonly digest: string;
}

export class CardPictures {
  readonly #log: Log;
  readonly #shown = new RecentMap<string, Picture>(REMEMBERED);
  #hasComplained = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Nothing if Slack does not take it: a card is worth showing without. */
  async take(
    client: WebClient,
    image: CardImage | undefined,
    card?: string,
  ): Promise<Picture | undefined> {
    if (!image) return undefined;
    const digest = createHash("sha256").update(image.png).digest("hex");
    const shown = card === undefined ? undefined : this.#shown.get(card);
    if (shown?.digest === digest) return shown;
    try {
      return { digest, file: await upload(client, image) };
    } catch (error) {
      this.complain(error);
      return undefined;
    }
  }

  /** The card shows this picture now, and no other. */
  async show(client: WebClient, card: string, picture: Picture | undefined): Promise<void> {
    const before = this.#shown.get(card);
    if (picture) this.#shown.set(card, picture);
    else this.#shown.delete(card);
    if (!before || before.file === picture?.file) return;
    try {
      await client.files.delete({ file: before.file });
    } catch (error) {
      this.#log.debug("picture not deleted", { reason: reasonOf(error) }); // nobody sees it
    }
  }

  /** Once: the reason will be the same for every card. */
  complain(error: unknown): void {
    if (!this.#hasComplained) this.#log.warn("card without image", { reason: reasonOf(error) });
    this.#hasComplained = true;
  }
}

/** For no channel: it is shown by the card, and not beside it. */
async function upload(client: WebClient, { name, png, description }: CardImage): Promise<string> {
  const uploaded = await client.filesUploadV2({
    file: Buffer.from(png),
    filename: name,
    alt_text: description,
  });
  const id = uploaded.files[0]?.files?.[0]?.id;
  if (id === undefined) throw new Error("Slack gave no id for a new file.");
  return id;
}
