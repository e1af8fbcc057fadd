/**
 * Of the contexts that items name: which are still on the disk, in which
 * order, where they were said, and what speaks against learning from one.
 * Knows nothing of what was said in them.
 */

import type { ChannelPlace } from "../chat/place.ts";
import { isLearntFrom } from "../chat/settings.ts";
import { authorsOf, type ContextRecord } from "./contexts.ts";
import type { Numbering } from "./numbering.ts";
import type { FeedbackSource } from "./read-feedback.ts";

/** Why something is not among what may be learnt. */
export type Objection =
  | "no context was kept"
  | "its context is no longer kept"
  | "somebody in it does not agree"
  | "somebody in it was forgotten"
  | "nothing is learnt from its channel";

/** What is the same for many contexts. */
interface Circumstances {
  readonly place: ChannelPlace;
  readonly objection: Objection | undefined;
}

export class KeptContexts {
  readonly #ids: Numbering;
  /** Each by the number of its id. */
  readonly #orders: Uint32Array;
  readonly #kinds: Uint32Array;
  /** What the kinds stand for. */
  readonly #circumstances: (Circumstances | undefined)[] = [undefined];
  readonly #kindsByKey = new Map<string, number>();
  #count = 0;

  /** @param ids of those that matter */
  static async read(source: FeedbackSource, ids: Numbering): Promise<KeptContexts> {
    const kept = new KeptContexts(ids);
    for await (const context of source.contexts()) kept.#add(context, source);
    return kept;
  }

  private constructor(ids: Numbering) {
    this.#ids = ids;
    this.#orders = new Uint32Array(ids.size);
    this.#kinds = new Uint32Array(ids.size);
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** @param number of its id */
  of(number: number): Circumstances | undefined {
    return this.#circumstances[this.#kinds[number] ?? 0];
  }

  /** Where it comes among all that are kept, by where each is first; of one that is kept. */
  orderOf(number: number): number {
    return this.#orders[number] ?? 0;
  }

  orderOfId(id: string): number | undefined {
    const number = this.#ids.find(id);
    return number === undefined || !this.of(number) ? undefined : this.orderOf(number);
  }

  /** Of one that is kept twice the later counts. */
  #add(context: ContextRecord, source: FeedbackSource): void {
    const number = this.#ids.find(context.id);
    if (number === undefined) return;
    if (!this.of(number)) this.#orders[number] = this.#count++;
    const { place } = context;
    const objection = objectionTo(context, source);
    const key = [place.platform, place.community, place.channel, objection].join("\n");
    const kind = this.#kindsByKey.get(key) ?? this.#circumstances.push({ place, objection }) - 1;
    this.#kindsByKey.set(key, kind);
    this.#kinds[number] = kind;
  }
}

function objectionTo(
  context: ContextRecord,
  { consent, forgotten, settings }: FeedbackSource,
): Objection | undefined {
  const { place, at } = context;
  const authors = authorsOf(context);
  if (authors.some((author) => forgotten.covers(author, at))) return "somebody in it was forgotten";
  if (!authors.every((author) => consent.has(author, place)))
    return "somebody in it does not agree";
  return isLearntFrom(settings, place) ? undefined : "nothing is learnt from its channel";
}
