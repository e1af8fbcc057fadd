import { describe, expect, it } from "vitest";

import { newReplyId, Replies, type ReplyRecord } from "../../../src/chat/replies.ts";
import { memoryJournal } from "../../support/chat/memory-stores.ts";
import { HALL } from "../../support/chat/paper-stage.ts";

function record(id: string, parts: Partial<ReplyRecord> = {}): ReplyRecord {
  return {
    id,
    at: 1,
    place: HALL,
    asker: "somebody",
    question: ["q"],
    messages: [`${id}-1`, `${id}-2`],
    outcome: "finished",
    model: "starter",
    seed: 1,
    promptTokens: 3,
    tokens: 4,
    droppedTurns: 0,
    firstTokenMs: 5,
    tokensPerSecond: 6,
    ...parts,
  };
}

describe("Replies", () => {
  it("finds a reply by any of its messages, in its own channel only", async () => {
    const replies = await Replies.open(memoryJournal());
    await replies.save(record("a"));
    expect(replies.at("hall", "a-2")?.id).toBe("a");
    expect(replies.at("garden", "a-2")).toBeUndefined();
    await replies.save(record("a", { messages: [] }));
    expect(replies.at("hall", "a-2")).toBeUndefined();
    expect(replies.get("a")).toBeDefined();
  });

  it("remembers the newest, in memory and on disk, however many there were", async () => {
    const journal = memoryJournal<ReplyRecord>();
    const replies = await Replies.open(journal, 10);
    for (let index = 0; index < 500; index++) await replies.save(record(`r${index}`));
    expect([...replies.all()].map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `r${490 + index}`),
    );
    expect(journal.lines.length).toBeLessThanOrEqual(31);
    expect(replies.at("hall", "r489-1")).toBeUndefined();
    const reopened = await Replies.open(journal, 10);
    expect(reopened.get("r499")).toEqual(record("r499"));
  });

  it("forgets a person, on disk too, and knows then that they are new", async () => {
    const journal = memoryJournal<ReplyRecord>();
    const replies = await Replies.open(journal);
    await replies.save(record("a", { asker: "anna" }));
    await replies.save(record("b", { asker: "ben" }));
    expect(replies.hasAnswered("anna")).toBe(true);
    expect(await replies.forget(({ asker }) => asker === "anna")).toBe(1);
    expect(replies.hasAnswered("anna")).toBe(false);
    expect(journal.lines.map(({ id }) => id)).toEqual(["b"]);
  });

  it("forgets on disk also what it no longer remembers", async () => {
    const journal = memoryJournal<ReplyRecord>();
    const replies = await Replies.open(journal, 2);
    for (const asker of ["anna", "ben", "ben"]) await replies.save(record(newReplyId(), { asker }));
    await replies.forget(({ asker }) => asker === "anna");
    expect(journal.lines.map(({ asker }) => asker)).toEqual(["ben", "ben"]);
  });

  it("gets ids that are short and not guessed", () => {
    expect(newReplyId()).toMatch(/^[0-9a-f]{20}$/);
    expect(newReplyId()).not.toBe(newReplyId());
  });
});
