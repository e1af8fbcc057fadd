/**
 * What was said, of those who opted in: for each reply the messages the model
 * read and the text it wrote, so that feedback on it can be learnt from.
 *
 * Addressed by content; which reply it belongs to stands in the reply's
 * record. Everybody whose words are in it is named by pseudonym.
 */

import { z } from "zod";

import { ChannelPlace } from "../chat/place.ts";
import { Message } from "../core/chat/conversation.ts";
import { sha256Of } from "../core/files.ts";
import { FORGETTING, type EditOptions, type Segments } from "../state/segments.ts";

const ContextTurn = z.strictObject({
  role: Message.shape.role,
  content: z.string(),
  /** Whose words they are; nobody's are the persona and what the bot said. */
  author: z.string().optional(),
});

export type ContextTurn = Readonly<z.infer<typeof ContextTurn>>;

export const ContextRecord = z
  .strictObject({
    v: z.literal(1),
    id: z.string(),
    at: z.number(),
    place: ChannelPlace,
    turns: z.array(ContextTurn).readonly(),
    reply: z.string(),
  })
  .readonly();

export type ContextRecord = z.infer<typeof ContextRecord>;

/** Whose words are in it. */
export function authorsOf({ turns }: ContextRecord): string[] {
  const authors = new Set<string>();
  for (const { author } of turns) if (author !== undefined) authors.add(author);
  return [...authors];
}

/** Whoever goes by what is kept. */
export interface ContextsWatcher {
  kept(context: ContextRecord): void;
  /** Some are gone. */
  deleted(): void;
}

export class Contexts {
  readonly #segments: Segments<ContextRecord>;
  readonly #watchers: ContextsWatcher[] = [];

  constructor(segments: Segments<ContextRecord>) {
    this.#segments = segments;
  }

  /** Resolves with the hash it is found by, once it is on disk. */
  async keep(context: Omit<ContextRecord, "v" | "id">): Promise<string> {
    const id = sha256Of(JSON.stringify([context.place, context.turns, context.reply]));
    const record: ContextRecord = { v: 1, id, ...context };
    await this.#segments.append(record);
    for (const watcher of this.#watchers) watcher.kept(record);
    return id;
  }

  watch(watcher: ContextsWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Oldest first; the same conversation said twice is there twice. */
  all(): AsyncIterable<ContextRecord> {
    return this.#segments.records();
  }

  /** Deletes all contexts with words of this person. */
  async forget(person: string): Promise<number> {
    return this.#drop((context) => authorsOf(context).includes(person), FORGETTING);
  }

  /** Deletes what was kept before that moment, readable or not. */
  async expire(before: number): Promise<number> {
    const isOld = ({ at }: ContextRecord) => at < before;
    const dropped = (await this.#has(isOld)) ? await this.#drop(isOld) : 0;
    await this.#segments.discardUnreadable(before);
    return dropped;
  }

  /** Clocks can have been wrong: the first one need not be the oldest. */
  async #has(isMeant: (context: ContextRecord) => boolean): Promise<boolean> {
    for await (const context of this.all()) if (isMeant(context)) return true;
    return false;
  }

  async #drop(isGone: (context: ContextRecord) => boolean, options?: EditOptions): Promise<number> {
    const { dropped } = await this.#segments.edit(
      (context) => (isGone(context) ? undefined : context),
      options,
    );
    if (dropped > 0) for (const watcher of this.#watchers) watcher.deleted();
    return dropped;
  }
}
