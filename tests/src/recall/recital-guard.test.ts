import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Contexts, type ContextRecord } from "../../../src/feedback/contexts.ts";
import { PrivateWords, type IsPublic } from "../../../src/recall/private-words.ts";
import { keyOf, runsIn, wordsIn } from "../../../src/recall/words.ts";
import { memorySegments, type MemorySegments } from "../../support/chat/memory-stores.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";

const SECRET = "I live at 12 Elm Street and the key lies under the blue pot";
const HALL = { platform: "discord", channel: "hall" } as const;
const NOBODY_KNOWS: IsPublic = async () => false;

describe("a reply that recites what somebody else said in private", () => {
  it("ends before it does", async () => {
    const { recite } = await keeping(["anna", SECRET]);
    expect(await recite(`Well, she said: ${SECRET}, really.`)).toEqual({
      shown: "Well, she said: ",
      isCut: true,
    });
  });

  it("shows nothing of it while it is written, and all the rest at once", async () => {
    const { words } = await keeping(["anna", SECRET]);
    const guard = await words.guard({ asker: "ben", texts: [] });
    const seen: string[] = [];
    for (const piece of `Good day to you. ${SECRET}`.match(/\S+\s*/g) ?? []) {
      const { text, isCut } = (await guard?.push(piece)) ?? {};
      seen.push(text ?? "");
      if (isCut) break;
    }
    expect(seen.slice(0, 5)).toEqual(["Good ", "day ", "to ", "you. ", ""]);
    expect(seen.slice(5).join("")).toBe("");
    expect(seen).toHaveLength(4 + 10);
  });

  it("is recognised however it is written", async () => {
    const { recite } = await keeping([
      "anna",
      "Don’t tell: I LIVE at 12, Elm-Street — and the key",
    ]);
    expect(await recite("don't tell i live at 12 elm street and the key")).toMatchObject({
      shown: "",
      isCut: true,
    });
  });

  it("is recognised where no spaces stand between words", async () => {
    const { recite } = await keeping([
      "anna",
      "私の家の鍵は玄関の左にある青い植木鉢の下に隠してあります",
    ]);
    expect(await recite("秘密:私の家の鍵は玄関の左にある青い植木鉢の下に隠してあります。")).toEqual(
      {
        shown: "秘密:",
        isCut: true,
      },
    );
  });

  it("is ended at its last word too", async () => {
    const { recite } = await keeping(["anna", "one two three four five six seven eight nine ten"]);
    const all = "one two three four five six seven eight nine ten";
    expect(await recite(all)).toEqual({ shown: "", isCut: true });
    expect(await recite(all.replace(" ten", " eleven"))).toEqual({
      shown: all.replace(" ten", " eleven"),
      isCut: false,
    });
  });
});

describe("a reply is not cut", () => {
  it("where it ends with a word that begins something private", async () => {
    const { recite } = await keeping(["anna", SECRET]);
    for (const reply of [
      "Where do you live?",
      "Nice to meet you, and",
      "I live at 12 Elm Street",
    ]) {
      expect(await recite(reply)).toEqual({ shown: reply, isCut: false });
    }
  });

  it("unless it has a private run, and then before the first", async () => {
    const words = ["a", "b", "don't", "Ä", "文", "字"];
    const spoken = fc.array(fc.constantFrom(...words), { maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(spoken, spoken, spoken, async (secret, before, after) => {
        const { recite } = await keeping(["anna", secret.join(" ")]);
        const reply = [...before, ...secret.slice(2), ...after].join(" ");
        const at = firstRun(reply, secret.join(" "));
        expect(await recite(reply)).toEqual({
          shown: reply.slice(0, at),
          isCut: at !== undefined,
        });
      }),
    );
  });

  it("where one's own words are repeated", async () => {
    const { recite } = await keeping(["anna", SECRET]);
    expect(await recite(SECRET, { asker: "anna" })).toEqual({ shown: SECRET, isCut: false });
  });

  it("where the words stand in the conversation", async () => {
    const { recite } = await keeping(["anna", SECRET]);
    const texts = [`Is it true that ${SECRET}?`];
    expect((await recite(SECRET, { texts })).isCut).toBe(false);
  });

  it("where they stand in what everybody may read", async () => {
    const asked: string[] = [];
    const isPublic: IsPublic = async (words) => asked.push(words.join(" ")) > 0;
    const { recite } = await keeping(["anna", SECRET], isPublic);
    expect((await recite(SECRET)).isCut).toBe(false);
    expect(asked[0]).toBe("i live at 12 elm street and the key lies");
  });

  it("where many people say the same", async () => {
    const { recite, keep } = await keeping(["anna", SECRET]);
    for (const person of ["ben", "cleo", "dora"]) await keep(person, SECRET);
    expect((await recite(SECRET, { asker: "zoe" })).isCut).toBe(true);
    expect((await recite(SECRET, { asker: "cleo" })).isCut).toBe(false);
    await keep("emil", SECRET);
    expect((await recite(SECRET, { asker: "zoe" })).isCut).toBe(false);
  });

  it("where somebody only repeated what the bot had said", async () => {
    const { segments } = await keeping();
    const contexts = new Contexts(segments);
    await contexts.keep({
      at: 1,
      place: HALL,
      turns: [
        { role: "assistant", content: SECRET },
        { role: "user", content: SECRET, author: "anna" },
      ],
      reply: "",
    });
    const words = reading(contexts, NOBODY_KNOWS);
    await words.isRead;
    expect(await words.guard({ asker: "ben", texts: [] })).toBeUndefined();
  });

  it("once the person is forgotten, while others are guarded on", async () => {
    const { recite, keep, contexts, words } = await keeping(["anna", SECRET]);
    const other = "my sister sings in the choir of the old church every Sunday";
    await keep("ben", other);
    await contexts.forget("anna");
    await words.isRead;
    expect((await recite(SECRET)).isCut).toBe(false);
    expect((await recite(other)).isCut).toBe(true);
  });

  it("once it is too old to be kept", async () => {
    const { recite, contexts, words } = await keeping(["anna", SECRET]);
    await contexts.expire(1000);
    await words.isRead;
    expect((await recite(SECRET)).isCut).toBe(false);
  });
});

describe("what people said in private", () => {
  it("is guarded after a restart, and from the moment it is kept", async () => {
    const { segments, keep, recite } = await keeping();
    await keep("anna", SECRET);
    expect((await recite(SECRET)).isCut).toBe(true);
    const restarted = reading(new Contexts(segments), NOBODY_KNOWS);
    const guard = await restarted.guard({ asker: "ben", texts: [] }); // waits for the reading
    expect(await guard?.push(`${SECRET}.`)).toEqual({ text: "", isCut: true });
  });

  it("keeps nobody waiting if it cannot be read, and the log says so", async () => {
    const { log, lines } = recordingLog();
    const all = () => {
      throw new Error("EIO");
    };
    const { signal } = new AbortController();
    const contexts = { all, watch: () => {} };
    const words = new PrivateWords({ contexts, isPublic: NOBODY_KNOWS, log, signal });
    await words.isRead;
    expect(lines).toMatchObject([{ event: "private words not read" }]);
    expect(await words.guard({ asker: "ben", texts: [] })).toBeUndefined();
  });
});

/** Where the first run of both begins. */
function firstRun(reply: string, secret: string): number | undefined {
  const keysOf = (text: string) => {
    const words = [...wordsIn(text)];
    return [...runsIn(words)].map((run) => ({
      key: keyOf(words, run.begin, run.end),
      start: words[run.begin]?.start,
    }));
  };
  const isPrivate = new Set(keysOf(secret).map(({ key }) => key));
  return keysOf(reply).find(({ key }) => isPrivate.has(key))?.start;
}

function reading(contexts: Contexts, isPublic: IsPublic): PrivateWords {
  const { signal } = new AbortController();
  return new PrivateWords({ contexts, isPublic, log: recordingLog().log, signal });
}

/** Contexts with what somebody said, and the words that are guarded by them. */
async function keeping(said?: readonly [person: string, text: string], isPublic = NOBODY_KNOWS) {
  const segments: MemorySegments<ContextRecord> = memorySegments();
  const contexts = new Contexts(segments);
  const words = reading(contexts, isPublic);
  let at = 0;
  const keep = (author: string, content: string) =>
    contexts.keep({ at: at++, place: HALL, turns: [{ role: "user", content, author }], reply: "" });
  if (said) await keep(...said);
  await words.isRead;
  /** Says it letter by letter, as the worst of tokenizers would. */
  const recite = async (reply: string, { asker = "zoe", texts = [] as string[] } = {}) => {
    const guard = await words.guard({ asker, texts });
    let shown = "";
    for (const letter of reply) {
      const { text, isCut } = (await guard?.push(letter)) ?? { text: letter, isCut: false };
      shown += text;
      if (isCut) return { shown, isCut };
    }
    const { text, isCut } = (await guard?.end()) ?? { text: "", isCut: false };
    return { shown: shown + text, isCut };
  };
  return { segments, contexts, words, keep, recite };
}
