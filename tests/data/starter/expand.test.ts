import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import {
  checkConversations,
  checkCorpus,
  checkHeldOut,
  plainWords,
} from "../../../data/starter/check.ts";
import { allBlocks, readCorpus, type Block, type Corpus } from "../../../data/starter/corpus.ts";
import { expandStarter, toLines } from "../../../data/starter/expand.ts";
import { admitsNotKnowing } from "../../../trainer/eval/golden.ts";
import { goldenPrompts } from "../../support/golden.ts";

const STARTER = fileURLToPath(new URL("../../../data/starter", import.meta.url));
const corpus = readCorpus(STARTER);
const expansion = expandStarter({ seed: 7, count: 3000 });

describe("the starter corpus", () => {
  it("keeps its own rules", () => {
    expect(checkCorpus(corpus)).toEqual([]);
  });

  it("is as large and as varied as it promises", () => {
    const { exchanges, intents, withFollowUps, scripts, unknownQuestions } = expansion.counts;

    expect(exchanges).toBeGreaterThanOrEqual(1500);
    expect(intents).toBeGreaterThanOrEqual(120);
    expect(withFollowUps).toBeGreaterThanOrEqual(60);
    expect(scripts).toBeGreaterThanOrEqual(150);
    expect(unknownQuestions).toBeGreaterThanOrEqual(400);
  });

  it("answers a question it cannot know by saying so", () => {
    const unknown = corpus.intents.filter((block) => block.kind === "unknown");
    const replies = unknown.filter(({ id }) => !INVITES.has(id)).flatMap((block) => block.replies);

    expect(replies.filter((reply) => !admitsNotKnowing(reply))).toEqual([]);
  });

  it("has a block for jokes with at least 25 of them", () => {
    const joke = allBlocks(corpus.intents).find((block) => block.id === "joke");

    expect(new Set(joke?.replies).size).toBeGreaterThanOrEqual(25);
  });
});

describe("expandStarter", () => {
  it("writes the same bytes for the same seed and others for another", () => {
    const again = expandStarter({ seed: 7, count: 300 });
    const other = expandStarter({ seed: 8, count: 300 });

    expect([...toLines(again.conversations)]).toEqual([
      ...toLines(expansion.conversations.slice(0, 300)),
    ]);
    expect(other.conversations).not.toEqual(again.conversations);
  });

  it("makes no conversation twice and alternates the speakers", () => {
    const texts = expansion.conversations.map((messages) => JSON.stringify(messages));
    const roles = expansion.conversations.map((messages) => messages.map(({ role }) => role));

    expect(new Set(texts).size).toBe(texts.length);
    for (const sides of roles) {
      expect(sides).toEqual(sides.map((_, turn) => (turn % 2 === 0 ? "user" : "assistant")));
    }
  });

  it("says where every line comes from", () => {
    const [line = ""] = toLines(expansion.conversations);

    expect(JSON.parse(line)).toMatchObject({
      id: "starter-000001",
      source: "language-from-zero/starter",
      licence: "MIT",
      consent: "written for this project",
    });
  });

  it("keeps the held-out golden prompts unseen", () => {
    const heldOut = goldenPrompts.filter((prompt) => prompt.heldOut);
    const wordings = heldOut.flatMap((prompt) => prompt.turns.map((turn) => plainWords(turn.user)));

    expect(checkHeldOut(corpus, new Set(wordings))).toEqual([]);
    expect(checkConversations(expansion.conversations, new Set(wordings))).toEqual([]);
    expect(checkHeldOut(corpus, new Set(["tell me a joke"]))).toHaveLength(1);
  });
});

describe("checkCorpus", () => {
  it.each([
    ["Try `lfz dance`.", "there is no command lfz dance"],
    ["Try `lfz data dance`.", "there is no command lfz data dance"],
    ["Try `lfz train --dance`.", "there is no flag --dance"],
    ["Try lfz train.", "commands stand in backticks"],
    ["Hello @everyone.", "replies mention nobody"],
    [`${"word ".repeat(46).trim()}.`, "46 words, 45 are allowed"],
    ["", "an empty reply"],
  ])("refuses the reply %j", (reply, problem) => {
    expect(problemsOf({ replies: [reply] }).join("\n")).toContain(problem);
  });

  it.each([
    ["", "an empty input"],
    ["hello @everyone", "it pings everybody"],
    ["it\u2019s me", "curly quotes"],
  ])("refuses the input %j", (text, problem) => {
    const inputs = [{ written: text, texts: [text] }];

    expect(problemsOf({ inputs }).join("\n")).toContain(problem);
  });

  it("refuses a wording that two intents claim", () => {
    const twin = { ...BLOCK, id: "twin" };

    expect(checkCorpus({ intents: [BLOCK, twin], scripts: [] }).join("\n")).toContain(
      '"hi there" belongs to sample already',
    );
  });
});

/** Intents that answer "can I ask you something?", not the question itself. */
const INVITES = new Set(["unknown-many"]);

const BLOCK: Block = {
  id: "sample",
  place: "sample.txt, line 1",
  kind: "topic",
  repeats: false,
  verbatim: false,
  important: false,
  inputs: [{ written: "hi there", texts: ["hi there"] }],
  replies: ["Hello!"],
  followUps: [],
};

function problemsOf(changes: Partial<Block>): string[] {
  const sample: Corpus = { intents: [{ ...BLOCK, ...changes }], scripts: [] };
  return checkCorpus(sample).filter((problem) => problem.startsWith(BLOCK.place));
}
