import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { Consents } from "../../../src/chat/consent.ts";
import { pseudonymKey } from "../../../src/chat/pseudonym-key.ts";
import { HintedError } from "../../../src/core/errors.ts";
import { writeBackup } from "../../../src/feedback/backup.ts";
import { exportFeedback } from "../../../src/feedback/export.ts";
import { openFeedback } from "../../../src/feedback/open-feedback.ts";
import { readFeedback } from "../../../src/feedback/read-feedback.ts";
import { restoreBackup } from "../../../src/feedback/restore.ts";
import { openDocument } from "../../../src/state/document.ts";
import { openHome, type Home } from "../../../src/state/home.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog as log } from "../../support/web-server.ts";

/** A home with a rating and a conversation of each of two people who agreed. */
async function lively(): Promise<Home> {
  const home = await openHome(temporaryFolder());
  await pseudonymKey(home, log);
  const path = home.path("consent.json");
  const initial = Consents.parse({});
  const consents = await openDocument({ path, schema: Consents, initial, log });
  await consents.change(() => ({ people: { anna: 1, ben: 2 }, exceptions: {} }));
  const feedback = await openFeedback(home, log);
  for (const person of ["anna", "ben"]) {
    const context = await feedback.contexts.keep({
      at: 10,
      place: { platform: "discord", channel: "hall" },
      turns: [{ role: "user", content: `I am ${person}`, author: person }],
      reply: "Hello",
    });
    const said = { reply: `to ${person}`, rater: person, model: "m", context, at: 11 };
    await feedback.ratings.save({ kind: "rating", verdict: "good", ...said });
  }
  await feedback.close();
  return home;
}

/** All that is there, in short. */
async function contentsOf(home: Home): Promise<string[]> {
  const feedback = await openFeedback(home, log);
  const found: string[] = [];
  for await (const { rater } of feedback.ratings.all()) found.push(`rating of ${rater}`);
  for await (const { turns } of feedback.contexts.all()) found.push(turns[0]?.content ?? "");
  await feedback.close();
  return found;
}

async function backedUp(home: Home): Promise<string> {
  const file = join(temporaryFolder(), "backup.jsonl.gz");
  await writeBackup({ home: home.folder, file, at: 100, log });
  return file;
}

const ALL = ["rating of anna", "rating of ben", "I am anna", "I am ben"];

async function forgetAnna(home: Home): Promise<void> {
  const feedback = await openFeedback(home, log);
  await feedback.forgotten.add("anna", 50);
  await feedback.ratings.forget("anna");
  await feedback.contexts.forget("anna");
  await feedback.close();
}

describe("a backup of feedback", () => {
  it("gives an empty home all there was: feedback, conversations, who agreed, who is who", async () => {
    const home = await lively();
    const file = await backedUp(home);
    const fresh = await openHome(temporaryFolder());
    const restored = await restoreBackup({ home: fresh, file, replace: false, log });
    expect(restored).toEqual({ records: 4, forgotten: 0 });
    expect(await contentsOf(fresh)).toEqual(ALL);
    for (const name of ["consent.json", "pseudonyms.json"]) {
      expect(JSON.parse(readFileSync(fresh.path(name), "utf8"))).toEqual(
        JSON.parse(readFileSync(home.path(name), "utf8")),
      );
    }
    expect(statSync(file).mode & 0o077).toBe(0); // for nobody else's eyes
  });

  it("brings nobody back who was forgotten since, and nobody's consent that was withdrawn", async () => {
    const home = await lively();
    const file = await backedUp(home);
    await forgetAnna(home);
    writeFileSync(home.path("consent.json"), '{"people":{"ben":2}}');
    const restored = await restoreBackup({ home, file, replace: true, log });
    expect(restored).toEqual({ records: 2, forgotten: 2 });
    expect(await contentsOf(home)).toEqual(["rating of ben", "I am ben"]);
    expect(readFileSync(home.path("consent.json"), "utf8")).not.toContain("anna");
    const second = await restoreBackup({ home, file, replace: true, log });
    expect(second.forgotten).toBe(2); // the tombstone is still there
  });

  it("is followed by no row of somebody who was forgotten, whatever old backup is restored", async () => {
    const home = await lively();
    const file = await backedUp(home);
    await forgetAnna(home);
    await restoreBackup({ home, file, replace: true, log });
    const folder = join(temporaryFolder(), "out");
    const options = { folder, licence: "ours", perPerson: 9, since: 0, now: 60 };
    const { rows } = await exportFeedback(await readFeedback(home.folder, log), options);
    expect(rows).toEqual({ "thumbs.jsonl": 1 });
    expect(readFileSync(join(folder, "thumbs.jsonl"), "utf8")).not.toContain("anna");
  });

  it("takes no other's place without being told to", async () => {
    const home = await lively();
    const file = await backedUp(home);
    await expect(restoreBackup({ home, file, replace: false, log })).rejects.toThrow(
      "There is feedback",
    );
    const stranger = await lively();
    await expect(restoreBackup({ home: stranger, file, replace: true, log })).rejects.toThrow(
      "another bot",
    );
    expect(await contentsOf(stranger)).toEqual(ALL);
  });

  it("that was cut or changed anywhere restores nothing", async () => {
    const home = await lively();
    const text = gunzipSync(readFileSync(await backedUp(home))).toString();
    const lines = text.trimEnd().split("\n");
    const damaged = [
      lines.slice(0, -1).join("\n"),
      [lines[0], ...lines.slice(2)].join("\n"),
      text.replace("I am anna", "I am hana"),
      lines.slice(1).join("\n"),
      "not JSON at all",
    ];
    for (const [index, content] of damaged.entries()) {
      const file = join(temporaryFolder(), `${index}.jsonl.gz`);
      writeFileSync(file, gzipSync(`${content}\n`));
      await expect(restoreBackup({ home, file, replace: true, log })).rejects.toThrow(
        "not a whole backup",
      );
    }
    const torn = join(temporaryFolder(), "torn.jsonl.gz");
    writeFileSync(torn, readFileSync(await backedUp(home)).subarray(0, -20));
    await expect(restoreBackup({ home, file: torn, replace: true, log })).rejects.toThrow("gzip");
    expect(await contentsOf(home)).toEqual(ALL);
  });

  it("is not there at all where it could not be written", async () => {
    const home = await lively();
    rmSync(home.path("pseudonyms.json"));
    const folder = temporaryFolder();
    const file = join(folder, "backup.jsonl.gz");
    await expect(writeBackup({ home: home.folder, file, at: 1, log })).rejects.toBeInstanceOf(
      HintedError,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is written into a folder that was not there", async () => {
    const home = await lively();
    const file = join(temporaryFolder(), "deep", "backups", "backup.jsonl.gz");
    expect(await writeBackup({ home: home.folder, file, at: 1, log })).toBe(4);
  });
});

describe("a restore that was cut short", () => {
  it("between its two renames has not happened", async () => {
    const home = await lively();
    renameSync(home.path("feedback"), home.path("feedback.replaced"));
    mkdirSync(home.path("feedback.restoring"));
    expect(await contentsOf(home)).toEqual(ALL);
    expect(existsSync(home.path("feedback.restoring"))).toBe(false);
  });

  it("after them has", async () => {
    const home = await lively();
    mkdirSync(home.path("feedback.replaced"));
    expect(await contentsOf(home)).toEqual(ALL);
    expect(existsSync(home.path("feedback.replaced"))).toBe(false);
  });
});
