import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  ancestryOf,
  joinPeople,
  lineageOf,
  readLineage,
  writeLineage,
} from "../../../../src/core/experiment/lineage.ts";
import { writeFamily } from "../../../support/model-family.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

describe("lineage.json", () => {
  it("is read as it was written, and nothing where there is none", async () => {
    const folder = temporaryFolder();
    expect(await readLineage(folder)).toBeUndefined();
    await writeLineage(folder, { authors: ["ann"], rows: ["r1"], base: null });
    expect(await readLineage(folder)).toEqual({
      schema: 1,
      authors: ["ann"],
      rows: ["r1"],
      base: null,
    });
  });

  it("says so when it is damaged: silence would look like nobody", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lineage.json"), '{"schema":1');
    await expect(readLineage(folder)).rejects.toThrow("whose words the model learnt is not known");
  });

  it("joins people, sorted and each once", () => {
    const one = { authors: ["ben", "ann"], rows: ["2"] };
    const other = { authors: ["ann"], rows: ["1", "2"] };
    expect(joinPeople([one, other])).toEqual({ authors: ["ann", "ben"], rows: ["1", "2"] });
  });
});

describe("lineageOf", () => {
  const family = [
    { name: "first", authors: [] },
    { name: "second", base: "first", authors: ["ann"] },
    { name: "third", base: "second", authors: ["ben"] },
    { name: "other", base: "first", authors: ["cem"] },
    { name: "mean", base: "first", averaged: ["second", "other"], authors: [] },
  ];

  it("finds everybody through bases and averages", async () => {
    const root = temporaryFolder();
    await writeFamily(root, family);
    expect((await lineageOf(root, "third")).authors).toEqual(["ann", "ben"]);
    expect((await lineageOf(root, "mean")).authors).toEqual(["ann", "cem"]);
    expect((await lineageOf(root, "first")).authors).toEqual([]);
    expect((await ancestryOf(root, "third")).ancestors.map(({ name }) => name)).toEqual([
      "third",
      "second",
      "first",
    ]);
  });

  it("names what it cannot know: ancestors that are gone, or whose name another model took", async () => {
    const root = temporaryFolder();
    await writeFamily(root, family);
    rmSync(join(root, "second"), { recursive: true });
    expect(await lineageOf(root, "third")).toEqual({ authors: ["ben"], missing: ["second"] });
    await writeFamily(root, [{ name: "second", authors: ["dan"], weights: "others" }]);
    expect(await lineageOf(root, "third")).toEqual({ authors: ["ben"], missing: ["second"] });
    mkdirSync(join(root, "empty"));
    expect(await lineageOf(root, "empty")).toEqual({ authors: [], missing: ["empty"] });
  });
});
