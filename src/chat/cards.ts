/**
 * What the bot says by itself and keeps up to date: a training that goes on,
 * a model that changed. No reply to anybody, and no part of a conversation.
 */

import type { Place } from "./place.ts";

export interface Card {
  /** Markdown, as in answers to commands. */
  readonly text: string;
  readonly image?: CardImage | undefined;
  readonly buttons: readonly CardButton[];
}

export interface CardImage {
  readonly name: string;
  readonly png: Uint8Array;
  /** For whoever does not see it. */
  readonly description: string;
}

export interface CardButton {
  readonly label: string;
  /** `train cancel`: the command that whoever presses it gives at that place, with their own rights. */
  readonly line: string;
  readonly isDangerous?: boolean;
}

/** Where cards are shown. */
export interface Cards {
  /**
   * Resolves with the id of the message, or with nothing where no card can be
   * shown: at the terminal, or on a platform that is not served here. Rejects
   * with an `UnreachableError` while the service is not connected.
   */
  post(place: Place, card: Card): Promise<string | undefined>;
  /** Rejects with a `HintedError` if the message is gone for good. */
  update(place: Place, messageId: string, card: Card): Promise<void>;
}
