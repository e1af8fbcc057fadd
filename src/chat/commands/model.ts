/** `model` and `stats`: who answers, and how it goes. */

import { medianOf } from "../../core/median.ts";
import type { ChatCommand } from "./index.ts";

export const model: ChatCommand = {
  name: "model",
  summary: "Which model answers you",
  audience: "everyone",
  isPrivate: true,
  options: [],
  async run({ place, person }, { engine, models, people }) {
    const asker = people.pseudonymOf(place.platform, person.id);
    const { model: answering } = await (models?.engineFor(asker) ?? engine);
    const { name, parameters, context, vocabSize, folder, runtime } = answering;
    const millions = (parameters / 1e6).toFixed(1);
    const lines = [
      `**${name}**: ${millions} M parameters, a vocabulary of ${vocabSize}, reads ${context} tokens.`,
    ];
    if (people.isAdmin(place, person)) {
      lines.push(`It lies in ${folder} and runs on ONNX Runtime ${runtime}.`);
    }
    return { text: lines.join("\n") };
  },
};

export const stats: ChatCommand = {
  name: "stats",
  summary: "How many replies, how they were liked, how fast they come",
  audience: "everyone",
  isPrivate: true,
  options: [],
  run(_, { replies, ratings, queueLength, clock }) {
    const since = clock.now() - DAY;
    const today = [...replies.all()].filter(({ at }) => at >= since);
    const { good, bad, corrections } = ratings.counts;
    const first = medianOf(today.map(({ firstTokenMs }) => firstTokenMs));
    const lines = [
      `${countOf(today.length, "reply", "replies")} in the last 24 hours, ${queueLength} being written or waiting.`,
      `👍 ${good}  👎 ${bad}  ✏️ ${corrections}`,
    ];
    if (first !== undefined)
      lines.push(`The first token came after ${Math.round(first)} ms (median).`);
    return { text: lines.join("\n") };
  },
};

const DAY = 86_400_000;

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
