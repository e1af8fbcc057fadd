import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { HintedError } from "../../../src/core/errors.ts";
import { openDocument } from "../../../src/state/document.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

const Counted = z.strictObject({ count: z.int() });

function openAt(path: string, log = silentLog) {
  return openDocument({ path, schema: Counted, initial: { count: 0 }, log });
}

describe("a document", () => {
  it("is what it was at first until it is changed, and then what it was changed to", async () => {
    const path = join(temporaryFolder(), "counted.json");
    const document = await openAt(path);
    expect(document.value).toEqual({ count: 0 });
    expect(existsSync(path)).toBe(false);

    await document.change(({ count }) => ({ count: count + 1 }));

    expect(document.value).toEqual({ count: 1 });
    expect((await openAt(path)).value).toEqual({ count: 1 });
  });

  it("makes changes one after the other, however many come at once", async () => {
    const path = join(temporaryFolder(), "counted.json");
    const document = await openAt(path);

    await Promise.all(
      Array.from({ length: 20 }, () => document.change(({ count }) => ({ count: count + 1 }))),
    );

    expect((await openAt(path)).value).toEqual({ count: 20 });
  });

  it("keeps values that are false, empty or nothing", async () => {
    const path = join(temporaryFolder(), "switch.json");
    const options = { path, schema: z.boolean(), initial: true, log: silentLog };

    await (await openDocument(options)).change(() => false);

    expect((await openDocument(options)).value).toBe(false);
  });

  it("is as before where a change fails, and takes the next one", async () => {
    const document = await openAt(join(temporaryFolder(), "counted.json"));
    const broken = document.change(() => {
      throw new Error("no such setting");
    });
    const unfit = document.change(() => ({ count: 0.5 }));
    const fine = document.change(({ count }) => ({ count: count + 1 }));

    await expect(broken).rejects.toThrow("no such setting");
    await expect(unfit).rejects.toThrow("expected int");
    expect(await fine).toEqual({ count: 1 });
  });

  it("is as before where the disk refuses", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "counted.json");
    const document = await openAt(path);
    await document.change(() => ({ count: 1 }));
    mkdirSync(`${path}.bak`); // a folder is where the backup should go

    await expect(document.change(() => ({ count: 2 }))).rejects.toThrow("EISDIR");
    expect(document.value).toEqual({ count: 1 });

    rmSync(`${path}.bak`, { recursive: true });
    expect(await document.change(({ count }) => ({ count: count + 2 }))).toEqual({ count: 3 });
  });

  it.each([
    ["empty", ""],
    ["half of it", '{ "cou'],
    ["of another shape", '{ "count": "many" }'],
  ])("falls back to its backup, aloud, where the file is %s", async (_, text) => {
    const path = join(temporaryFolder(), "counted.json");
    const document = await openAt(path);
    await document.change(() => ({ count: 1 }));
    await document.change(() => ({ count: 2 }));
    writeFileSync(path, text);
    const { log, lines } = recordingLog();

    expect((await openAt(path, log)).value).toEqual({ count: 1 });

    expect(lines).toMatchObject([{ event: "state read from its backup", path }]);
    expect(readFileSync(`${path}.corrupt`, "utf8")).toBe(text);
    expect((await openAt(path)).value).toEqual({ count: 1 });
  });

  it("names both files where neither can be read, and touches none", async () => {
    const path = join(temporaryFolder(), "counted.json");
    writeFileSync(path, "");
    await expect(openAt(path)).rejects.toThrow(
      `Neither ${path} (it is empty) nor its backup ${path}.bak (there is none)`,
    );
    writeFileSync(`${path}.bak`, "{");
    await expect(openAt(path)).rejects.toThrow(HintedError);
    expect(readFileSync(path, "utf8")).toBe("");
  });

  it("gives back whatever was written", async () => {
    const path = join(temporaryFolder(), "any.json");
    const options = { path, schema: z.unknown(), initial: undefined as unknown, log: silentLog };
    const document = await openDocument(options);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value)); // -0 becomes 0
        await document.change(() => json);
        expect((await openDocument(options)).value).toEqual(json);
      }),
      { numRuns: 20 },
    );
  });
});
