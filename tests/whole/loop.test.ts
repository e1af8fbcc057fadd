/** The whole loop, from an empty home: a Discord and a Slack on loopback, `lfz start`, a real training. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Recording } from "../demo/recording.ts";
import { tellStory, type Asked, type Facts } from "../demo/story.ts";

const TEN_MINUTES = 600_000;

/** How many of the questions got the answer that was taught. */
function learntOf(asked: readonly Asked[]): number {
  return asked.filter(({ reply, wanted }) => reply === wanted).length;
}

describe("people who teach the bot", () => {
  let folder: string;
  let facts: Facts;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lfz-loop-"));
    facts = await tellStory({ folder, recording: new Recording() });
  }, TEN_MINUTES);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("asked for what it could not know", () => {
    expect(learntOf(facts.before)).toBe(0);
  });

  it("get a model that the judge lets through, though two of five corrections were poison", () => {
    expect(facts.poisoned / facts.corrections).toBeGreaterThanOrEqual(0.4);
    expect(facts.candidate).not.toBe("");
    expect(facts.verdict).toMatch(/It (wins|holds)/);
  });

  it("are answered as they taught it, in words that nobody taught, and never with the poison", () => {
    expect(learntOf(facts.after)).toBeGreaterThanOrEqual(facts.after.length / 2);
    expect(facts.after.map(({ reply }) => reply).join("\n")).not.toMatch(/glittercoin/i);
  });

  it("are told, where they taught it, that it counts now", () => {
    expect(facts.toldOnce).toContain(facts.candidate);
  });

  it("are rid of a model that they dislike, without an admin's doing", () => {
    expect(facts.takenBack).toMatch(/thumbs down/);
  });

  it("can be forgotten, and learn which models knew them", () => {
    expect(facts.forgotten).toMatch(/Deleted/);
    expect(facts.forgotten).toContain(facts.candidate);
  });
});
