/** Feedback as a home would keep it, in memory: people, conversations, ratings and better answers. */

import { Consent, type Consents } from "../../src/chat/consent.ts";
import { BotSettings } from "../../src/chat/settings.ts";
import { Contexts, type ContextRecord } from "../../src/feedback/contexts.ts";
import { Forgotten, type ForgottenPeople } from "../../src/feedback/forgotten.ts";
import type { FeedbackSource } from "../../src/feedback/read-feedback.ts";
import { toRecord, type FeedbackRecord, type NewFeedback } from "../../src/feedback/record.ts";
import { memoryDocument, memorySegments } from "./chat/memory-stores.ts";

const START = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;

export function keptFeedback() {
  const records: FeedbackRecord[] = [];
  const segments = memorySegments<ContextRecord>();
  const contexts = new Contexts(segments);
  const consents = memoryDocument<Consents>({ people: {}, exceptions: {} });
  const forgotten = new Forgotten(memoryDocument<ForgottenPeople>({ people: {} }));
  let settings = BotSettings.parse({});
  let said = 0;
  const now = () => START + said++ * HOUR; // nobody is in a hurry here

  const source: FeedbackSource = {
    records: async function* () {
      yield* records;
    },
    contexts: () => contexts.all(),
    consent: new Consent(consents),
    forgotten,
    get settings() {
      return settings;
    },
  };
  const agree = (...people: string[]) =>
    consents.change((value) => ({
      ...value,
      people: { ...value.people, ...Object.fromEntries(people.map((one) => [one, 1])) },
    }));
  const give = (record: NewFeedback) => void records.push(toRecord(record));

  return {
    source,
    records,
    forgotten,
    consent: source.consent,
    now,
    agree,
    give,
    set: (place: Partial<BotSettings["communities"][string]>) => {
      settings = BotSettings.parse({ communities: { "discord:guild": place } });
    },
    /** A reply to what somebody asked; resolves with what feedback on it says. */
    reply: async (asker: string, question: string, answer: string, id = `reply ${said}`) => {
      const context = await contexts.keep({
        at: now(),
        place: { platform: "discord", community: "guild", channel: "hall" },
        turns: [{ role: "user", content: question, author: asker }],
        reply: answer,
      });
      const on = (rater: string, at = now()) => ({ reply: id, model: "m", context, rater, at });
      return {
        id,
        context,
        rate: (rater: string, verdict: "good" | "bad", at?: number) =>
          give({ kind: "rating", verdict, ...on(rater, at) }),
        retract: (rater: string) => give({ kind: "retraction", ...on(rater) }),
        correct: (rater: string, text: string, at?: number) =>
          give({ kind: "correction", text, ...on(rater, at) }),
      };
    },
  };
}
