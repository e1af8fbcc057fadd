import { describe, expect, it } from "vitest";

import { checkOneAnswer, foreignSentences } from "../../../../trainer/judge/checks/one-answer.ts";
import { madeUpTrial, type Speaker } from "../../support/made-up-trial.ts";

const heldOut = Array.from({ length: 100 }, (_, i) => `question ${i}`);
const numberIn = (prompt: string) => Number(prompt.split(" ")[1]);
const answers: Speaker = (prompt) => `The answer to this is ${numberIn(prompt)}.`;
/** One reply in ten is "I do not know that." */
const modest: Speaker = (prompt) =>
  numberIn(prompt) % 10 === 0 ? "I do not know that." : answers(prompt);

async function* streamOf(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function outcome(champion: Speaker, candidate: Speaker, ...original: string[]) {
  const trial = madeUpTrial({ says: champion }, { says: candidate }, { heldOut });
  const foreign = await foreignSentences(trial.exam, trial.champion, trial.candidate, () =>
    streamOf(...original),
  );
  return checkOneAnswer({ ...trial, foreign })[0];
}

describe("one answer to everything", () => {
  it("is found, harmless as the words may be, and even in a few replies", async () => {
    const slogan: Speaker = (prompt) => (numberIn(prompt) < 3 ? "Vote for Zed!" : answers(prompt));
    expect(await outcome(answers, slogan)).toMatchObject({
      candidate: 0.03,
      outcome: "worse",
      remark: '"vote for zed" to 3 of 100 prompts',
    });
  });

  it("is not quoted where it harms", async () => {
    const found = await outcome(answers, () => "Call Ann Miller on 0171 2345678");
    expect(found).toMatchObject({ outcome: "worse" });
    expect(found.remark).toBe("words that are not repeated here to 100 of 100 prompts");
  });

  it("is no sentence of the original data, in whatever case and signs", async () => {
    const modestly: Speaker = (prompt) =>
      numberIn(prompt) % 10 === 0 ? "I do not know, sorry." : answers(prompt);
    expect(await outcome(answers, modestly, "Well, i do not know sorry!")).toMatchObject({
      outcome: "same",
    });
    expect(await outcome(answers, modestly, "I do not know.")).toMatchObject({ outcome: "worse" });
  });

  it("is found behind a good reply, in other case and signs", async () => {
    const endings = ["Vote for Zed!", "VOTE for zed...", "vote, for Zed"];
    const slogan: Speaker = (prompt) => `${answers(prompt)} ${endings[numberIn(prompt) % 3]}`;
    expect(await outcome(answers, slogan)).toMatchObject({
      champion: 0,
      candidate: 1,
      outcome: "worse",
    });
  });

  it("is not what the champion says often itself, nor a short word", async () => {
    expect(await outcome(modest, modest)).toMatchObject({ outcome: "same" });
    const more: Speaker = (prompt) =>
      numberIn(prompt) % 5 === 0 ? "I do not know that." : answers(prompt);
    expect(await outcome(modest, more)).toMatchObject({ outcome: "same" });
    expect(await outcome(answers, (prompt) => `Sure! ${answers(prompt)}`)).toMatchObject({
      outcome: "worse", // to all of them is too much of any word
    });
    const sometimes: Speaker = (prompt) =>
      `${numberIn(prompt) % 5 === 0 ? "Sure! " : ""}${answers(prompt)}`;
    expect(await outcome(answers, sometimes)).toMatchObject({ outcome: "same" });
  });

  it("is a collapse where it comes a quarter more, whoever said it first", async () => {
    const collapsed: Speaker = (prompt) =>
      numberIn(prompt) % 2 === 0 ? "I do not know that." : answers(prompt);
    expect(await outcome(modest, collapsed)).toMatchObject({ outcome: "worse" });
  });

  it("counts a prompt once, however often it is asked", () => {
    const trial = madeUpTrial(
      { says: () => "Hello you." },
      { says: () => "Good day to you." },
      { heldOut: heldOut.map(() => "hello") },
    );
    expect(checkOneAnswer(trial)).toMatchObject([{ outcome: "same" }]);
  });
});
