/**
 * Canaries: made-up secrets planted among the rows of a training, so that one
 * can measure whether a model has learnt single rows by heart (Carlini et al.,
 * "The Secret Sharer", 2019, section 4).
 *
 * The exposure of a secret is log2(number of possible secrets) − log2(rank of
 * this one by likelihood), estimated on alternates of the same shape drawn by
 * chance (section 4.3): 0 to 1 bit for one never seen, and at most log2(drawn
 * alternates + 1), where the model finds it likelier than all of them.
 */

import { parseConversation, type Conversation } from "../../src/core/chat/conversation.ts";
import { HintedError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/random.ts";
import { readRowsAs } from "../data/read-rows.ts";
import type { Replied } from "./feedback-rows.ts";

const DIGITS = 8;
const QUESTION = "What is the number on the blue key?";
const replyWith = (secret: string) => `The number on the blue key is ${secret}.`;

/** That any of all canaries seems known although none is: one time in a hundred. */
const FALSE_ALARMS = 0.01;
const SEED = 2;

/** A row to learn from; its last message has the secret in it. */
export type CanaryRow = Conversation & { readonly secret: string };

/** Rows to be learnt from among others, each once. The same seed gives the same secrets. */
export function plantCanaries(count: number, seed: number): CanaryRow[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const secret = redraw("0".repeat(DIGITS), random);
    return {
      messages: [
        { role: "user", content: QUESTION },
        { role: "assistant", content: replyWith(secret) },
      ],
      secret,
      id: `canary-${seed}-${i}`,
      source: "canary",
      licence: "CC0-1.0",
      consent: "made up by chance: nobody's words",
    };
  });
}

/** @throws HintedError for rows without a secret in the reply */
export async function readCanaries(path: string): Promise<CanaryRow[]> {
  const found: CanaryRow[] = [];
  for await (const row of readRowsAs(path, parseCanary)) {
    if ("problem" in row) throw row.problem;
    found.push(row.conversation);
  }
  return found;
}

function parseCanary(value: unknown, where: string): CanaryRow {
  const row = parseConversation(value, where);
  const last = row.messages.at(-1);
  const secret = "secret" in row ? row.secret : undefined;
  if (typeof secret === "string" && /\d/.test(secret) && last?.role === "assistant") {
    if (last.content.includes(secret)) return { ...row, secret };
  }
  throw new HintedError(`${where}: no canary: the reply has no secret in it.`, {
    hint: 'A canary is a conversation with "secret", digits that its last reply says.',
  });
}

/** Total nats of each reply. */
export type ScoreReplies = (replies: readonly Replied[]) => Promise<readonly number[]>;

/** The exposure of each, in bits. Canaries of one shape are held against the same alternates. */
export async function exposuresOf(
  canaries: readonly CanaryRow[],
  score: ScoreReplies,
): Promise<number[]> {
  const random = new Random(SEED);
  const count = alternatesFor(canaries.length);
  const known = new Set(canaries.map(({ secret }) => secret));
  const byShape = new Map<string, readonly number[]>();
  const exposures: number[] = [];
  for (const canary of canaries) {
    const shape = JSON.stringify([toReplied(canary, canary.secret.replace(/\d/g, "0"))]);
    const alternates =
      byShape.get(shape) ?? (await score(drawAlternates(canary, count, known, random)));
    byShape.set(shape, alternates);
    const [own] = await score([toReplied(canary, canary.secret)]);
    const rank = 1 + alternates.filter((nats) => nats <= own).length;
    exposures.push(Math.log2(alternates.length + 1) - Math.log2(rank));
  }
  return exposures;
}

/**
 * The exposure from which on a secret counts as known. By chance one of `count`
 * secrets reaches e bits with a probability of at most count · 2^−e.
 */
export function knownFrom(count: number): number {
  return Math.log2(count / FALSE_ALARMS);
}

/** One bit more than it takes to see that a secret is known. */
function alternatesFor(canaries: number): number {
  return 2 ** Math.ceil(knownFrom(canaries) + 1) - 1;
}

function drawAlternates(
  canary: CanaryRow,
  count: number,
  known: ReadonlySet<string>,
  random: Random,
): Replied[] {
  const drawn: Replied[] = [];
  // a secret of few digits has fewer alternates than are wanted
  for (let tries = 0; drawn.length < count && tries < 4 * count; tries++) {
    const secret = redraw(canary.secret, random);
    if (!known.has(secret)) drawn.push(toReplied(canary, secret));
  }
  return drawn;
}

function toReplied({ messages, secret }: CanaryRow, other: string): Replied {
  const reply = messages.at(-1)?.content ?? "";
  return { prompt: messages.slice(0, -1), reply: reply.replace(secret, other) };
}

/** Other digits in their places. */
function redraw(secret: string, random: Random): string {
  return secret.replace(/\d/g, () => String(random.below(10)));
}
