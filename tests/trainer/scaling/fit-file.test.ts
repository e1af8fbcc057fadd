import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { findFit, OWN_FIT, writeFit } from "../../../trainer/scaling/fit-file.ts";
import { madeUpFit } from "../support/made-up-runs.ts";
import { workInTemporaryFolder } from "../support/train-here.ts";

const { schema: _, ...fit } = madeUpFit();

function refusalOf(text: string) {
  writeFileSync("some.json", text);
  return findFit("some.json").then(
    () => "nothing",
    (error: Error & { hint: string }) => `${error.message} ${error.hint}`,
  );
}

describe("a fit on disk", () => {
  it("is read as it was written, by its name or because it was made here", async () => {
    workInTemporaryFolder();
    const whole = await writeFit(OWN_FIT, fit);
    expect(whole).toEqual(madeUpFit());
    expect(await findFit(undefined)).toEqual({ path: OWN_FIT, fit: whole });
    await writeFit("other.json", { ...fit, error: 0.5 });
    expect((await findFit("other.json"))?.fit.error).toBe(0.5);
  });

  it("is refused where it is none, of another schema, or damaged", async () => {
    workInTemporaryFolder();
    mkdirSync(join("experiments"));
    expect(await refusalOf("law and order")).toMatch(
      /^some.json is no scaling fit: not JSON .*--refit/,
    );
    expect(await refusalOf('{"runs":[]}')).toContain("it has no schema number");
    expect(await refusalOf("[1]")).toContain("it has no schema number");
    const other = JSON.stringify({ ...fit, schema: 7 });
    expect(await refusalOf(other)).toContain("some.json has schema 7; this version reads schema 1");
    const damaged = JSON.stringify({ ...madeUpFit(), error: -1 });
    expect(await refusalOf(damaged)).toContain(
      "some.json is damaged: error -1: must be at least 0",
    );
    await expect(findFit("nowhere.json")).rejects.toThrow(/scaling fit nowhere.json/);
  });
});
