/**
 * Joins intents and scripts into conversations that flow: a greeting, a topic
 * and what follows from it, perhaps another topic, thanks, a goodbye.
 *
 * Everything is dealt from shuffled decks, so that every wording and every
 * reply is used before one comes again, and the same seed gives the same
 * conversations.
 */

import type { Random } from "../../src/core/random.ts";
import { SILENCE, type Block, type Corpus, type Input, type Kind } from "./corpus.ts";
import { reword } from "./reword.ts";
import { vary } from "./vary.ts";

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** What fits well into the starter model's context of 256 tokens. */
const MOST_WORDS = 135;

const SHARE_SCRIPTED = 0.14;
const SHARE_SINGLE = 0.26;
const SHARE_UNKNOWN = 0.24;
const SHARE_ASIDE = 0.06;
const SHARE_ACKNOWLEDGED = 0.25;
/** Topics in a conversation, each as likely as it stands here. */
const TOPICS = [1, 1, 1, 2, 2, 3];
const SHARE_OPENED = 0.4;
const SHARE_CLOSED = 0.3;
const SHARE_FOLLOWED = 0.7;
const SHARE_FOLLOWED_AGAIN = 0.3;
/** So many times as often. */
const IMPORTANT = 3;

/** @param isHeldOut says of what wording no conversation may be made */
export function* compose(
  corpus: Corpus,
  count: number,
  random: Random,
  isHeldOut: (text: string) => boolean,
): Generator<Message[]> {
  const dealer = new Dealer(random);
  const scripts = corpus.scripts.map((script) => script.exchanges);
  const seen = new Set<string>();
  for (let made = 0; made < count;) {
    const roll = random.next();
    const talk = new Conversation(dealer);
    if (roll < SHARE_SCRIPTED) {
      for (const { input, reply } of dealer.deal(scripts)) talk.say(input, reply);
    } else if (roll < SHARE_SCRIPTED + SHARE_SINGLE) talk.add(anyIntent(corpus, dealer), false);
    else converse(talk, corpus, dealer);
    const text = JSON.stringify(talk.messages);
    const isUnwanted = talk.messages.some(
      ({ role, content }) => role === "user" && isHeldOut(content),
    );
    if (seen.has(text) || isUnwanted) continue;
    seen.add(text);
    made++;
    yield talk.messages;
  }
}

function converse(talk: Conversation, corpus: Corpus, dealer: Dealer): void {
  const { random } = dealer;
  if (random.next() < SHARE_OPENED) talk.add(intentOf("opener", corpus, dealer), true);
  const topics = dealer.deal(TOPICS);
  for (let topic = 0; topic < topics && !talk.isLong; topic++) {
    const kind = random.next() < SHARE_UNKNOWN ? "unknown" : "topic";
    talk.add(intentOf(kind, corpus, dealer), true);
    if (talk.endsOpen && random.next() < SHARE_ACKNOWLEDGED) {
      talk.add(intentOf("acknowledge", corpus, dealer), true);
    }
  }
  if (random.next() >= SHARE_CLOSED || talk.isLong) return;
  const closing = random.below(3);
  if (closing !== 1) talk.add(intentOf("thanks", corpus, dealer), false);
  if (closing !== 0) talk.add(intentOf("goodbye", corpus, dealer), random.next() < 0.3);
}

/** An intent to stand alone: most often a topic, sometimes what stands around topics. */
function anyIntent(corpus: Corpus, dealer: Dealer): Block {
  const roll = dealer.random.next();
  if (roll < SHARE_ASIDE) return intentOf("aside", corpus, dealer);
  if (roll < 0.15) return intentOf("opener", corpus, dealer);
  if (roll < 0.19) return intentOf("thanks", corpus, dealer);
  if (roll < 0.24) return intentOf("goodbye", corpus, dealer);
  return intentOf(roll < 0.24 + SHARE_UNKNOWN ? "unknown" : "topic", corpus, dealer);
}

function intentOf(kind: Kind, corpus: Corpus, dealer: Dealer): Block {
  return dealer.deal(dealer.intentsOf(kind, corpus));
}

/** How often an intent stands in the deck of its kind. */
function copiesOf({ inputs, important }: Block): number {
  return Math.ceil(Math.sqrt(inputs.length)) * (important ? IMPORTANT : 1);
}

function asks(block: Block): boolean {
  const questions = block.inputs.filter((input) => input.texts[0]?.endsWith("?"));
  return questions.length > block.inputs.length / 2;
}

class Conversation {
  readonly messages: Message[] = [];
  #words = 0;
  #last: Block | undefined;
  readonly #dealer: Dealer;

  constructor(dealer: Dealer) {
    this.#dealer = dealer;
  }

  get isLong(): boolean {
    return this.#words > MOST_WORDS * 0.7 || this.messages.at(-1)?.role === "user";
  }

  /** The last reply asks nothing and has no follow-up of its own: "ok" or "really?" may come now. */
  get endsOpen(): boolean {
    const asked = this.messages.at(-1)?.content.endsWith("?") ?? false;
    return !asked && this.#last?.followUps.length === 0;
  }

  /** An intent and, if wanted, a walk through its follow-ups. */
  add(block: Block, followed: boolean): void {
    const said = new Set(this.messages.map((message) => message.content));
    const fresh = block.replies.filter((reply) => !said.has(reply));
    const input = this.#dealer.deal(block.inputs);
    const replies =
      fresh.length === block.replies.length || fresh.length === 0 ? block.replies : fresh;
    this.say(input, this.#dealer.deal(replies), block.verbatim);
    if (followed) this.#follow(block);
  }

  /** What follows at once can be anything; what comes later must be a question that stands alone. */
  #follow(block: Block): void {
    const { random } = this.#dealer;
    let choices = block.repeats ? [block, ...block.followUps] : block.followUps;
    for (let share = SHARE_FOLLOWED; random.next() < share; share = SHARE_FOLLOWED_AGAIN) {
      if (choices.length === 0 || this.isLong) return;
      const next = this.#dealer.draw(choices);
      this.add(next, true);
      choices = choices.filter((choice) => choice !== next && asks(choice));
    }
  }

  say(input: Input, reply: string, verbatim = false): void {
    const { random } = this.#dealer;
    const text = this.#dealer.deal(input.texts);
    const later = this.messages.length > 0;
    const content = verbatim ? text : vary(reword(text, random), random, { later });
    this.messages.push({ role: "user", content });
    if (reply !== SILENCE) this.messages.push({ role: "assistant", content: reply });
    this.#words += text.split(" ").length + reply.split(" ").length;
  }
}

/** Deals the items of a list in a shuffled order, all of them before any again. */
class Dealer {
  readonly random: Random;
  readonly #decks = new Map<readonly unknown[], unknown[]>();
  readonly #kinds = new Map<Kind, Block[]>();

  constructor(random: Random) {
    this.random = random;
  }

  /** One of a list that exists only this once. */
  draw<T>(items: readonly T[]): T {
    const drawn = items[this.random.below(items.length)];
    if (drawn === undefined) throw new RangeError("There is nothing to draw from.");
    return drawn;
  }

  deal<T>(items: readonly T[]): T {
    let deck = this.#decks.get(items);
    if (!deck || deck.length === 0) {
      deck = this.random.shuffle([...items]);
      this.#decks.set(items, deck);
    }
    return deck.pop() as T; // lists are checked to have at least one item
  }

  /** The intents of a kind; one that matters, or has many wordings, stands in the deck more often. */
  intentsOf(kind: Kind, corpus: Corpus): Block[] {
    let intents = this.#kinds.get(kind);
    if (!intents) {
      intents = corpus.intents
        .filter((block) => block.kind === kind)
        .flatMap((block) => Array<Block>(copiesOf(block)).fill(block));
      this.#kinds.set(kind, intents);
    }
    return intents;
  }
}
