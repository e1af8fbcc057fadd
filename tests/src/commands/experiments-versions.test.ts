import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openHome } from "../../../src/state/home.ts";
import { writeRandomModel } from "../../../src/generate/random-model.ts";
import { runLfz } from "../../support/run-lfz.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { TINY } from "../../support/tiny-model.ts";

describe("lfz experiments promote, rollback and versions", () => {
  it("change what a resting bot will serve, and leave a running one to itself", async () => {
    const cwd = temporaryFolder();
    const env = { LFZ_HOME: join(cwd, "var"), LFZ_MODEL: "", LFZ_TWO_ADMINS: "" };
    const lfz = (...words: string[]) => runLfz(["experiments", ...words, "--json"], { cwd, env });
    await writeRandomModel(join(cwd, "experiments", "one"), TINY, 1);
    await writeRandomModel(join(cwd, "experiments", "two"), TINY, 2);

    const promoted = await lfz("promote", "one", "--reason", "it is older");
    expect(promoted.json).toEqual({
      name: "one",
      share: 100,
      kind: "champion",
      before: "two",
      judged: "not judged yet",
    });
    expect((await lfz("rollback")).json).toEqual({ from: "one", to: "two" });

    const home = await openHome(env.LFZ_HOME);
    const refused = await lfz("promote", "one");
    const listed = await lfz("versions");
    await home.close();
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/error: The bot is running, .*\nhint: Say `promote NAME`/);
    expect(listed.json?.["versions"]).toMatchObject([
      { name: "two", state: "champion", isServing: true },
      { name: "one", state: "retired", remark: "rolled back" },
    ]);
  });
});
