/**
 * Where a model says eight words in a row that somebody wrote in private, to a
 * prompt that has nothing to do with it.
 *
 * Replies are few, rows are many: the replies' sequences are kept, and rows and
 * original data stream past. What stands in the original data is nobody's
 * secret.
 */

import { SequenceIndex } from "../eval/memorisation.ts";
import type { PrivateText } from "./feedback-rows.ts";
import { plainWords, type Said } from "./said.ts";

export interface Recital {
  readonly sequence: string;
  readonly said: Said;
}

export async function findRecitals(
  said: readonly Said[],
  privateTexts: AsyncIterable<PrivateText>,
  originalTexts: () => AsyncIterable<string>,
): Promise<Recital[]> {
  const spoken = new SequenceIndex();
  for (const { reply } of said) spoken.add(reply);
  const found = new Map<string, Recital>();
  for await (const { text, question } of privateTexts) {
    for (const sequence of spoken.in(text)) {
      const reciting = said.filter(({ prompt, reply }) => {
        return hasSequence(reply, sequence) && !hasSequence(prompt, sequence); // an echo tells nothing
      });
      const isOther = ({ prompt }: Said) => plainWords(prompt) !== plainWords(question);
      for (const one of reciting.filter(isOther)) {
        found.set(JSON.stringify([one.prompt, sequence]), { sequence, said: one });
      }
    }
  }
  if (found.size === 0) return []; // the original data may be large
  return withoutPublic([...found.values()], originalTexts());
}

async function withoutPublic(
  recitals: readonly Recital[],
  originalTexts: AsyncIterable<string>,
): Promise<Recital[]> {
  const wanted = new SequenceIndex();
  for (const { sequence } of recitals) wanted.add(sequence);
  const isPublic = new Set<string>();
  for await (const text of originalTexts) for (const one of wanted.in(text)) isPublic.add(one);
  return recitals.filter(({ sequence }) => !isPublic.has(sequence));
}

function hasSequence(text: string, sequence: string): boolean {
  return ` ${text.split(/\s+/u).join(" ")} `.includes(` ${sequence} `);
}
