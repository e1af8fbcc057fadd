import { describe, expect, it } from "vitest";

import { changeSettingsAt } from "../../../../src/chat/settings.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { ANNA, HALL, MANAGER, message, person } from "../../../support/chat/paper-stage.ts";
import {
  openDeployment,
  serveInTurn,
  writeModels,
  type DeploymentOptions,
} from "../../../support/retrain/open-deployment.ts";
import { writeVerdict } from "../../../support/retrain/write-verdict.ts";
import { gate } from "../../../support/scripted-engine.ts";
import { TerminalChat } from "../../../../src/platforms/terminal/terminal-chat.ts";

const ADA = person("ada"); // an admin: see openBot

/** A bot with the champion `b`, where `a` was before and `c` may come. */
async function desk(options: Partial<DeploymentOptions> = {}) {
  const root = await writeModels("c", "a", "b");
  const opened = await openDeployment({ root, ...options });
  await serveInTurn(opened, root, "a", "b");
  const models = opened.deployment;
  const chat = await openBot({}, { models, engine: models.start() });
  await models.start();
  const run = async (name: string, given: Record<string, string | number> = {}, who = ADA) =>
    (await chat.bot.command({ name, options: given, person: who, place: HALL })).text;
  return { ...opened, ...chat, root, run };
}

describe("models, promote and rollback", () => {
  it("are for admins only", async () => {
    const { run } = await desk();
    for (const name of ["models", "promote", "rollback"]) {
      expect(await run(name, {}, MANAGER)).toContain("Only admins");
    }
  });

  it("list what there is, with states, sizes and figures", async () => {
    const { run } = await desk();
    await run("promote", { name: "c", share: 20 });
    const listed = (await run("models")).split("\n");
    expect(listed[0]).toMatch(/^- \*\*a\*\* \(previous\): 0\.0 M parameters, .* MB, loss 2\.930, /);
    expect(listed[1]).toContain("**b** (champion)");
    expect(listed[2]).toContain("**c** (canary, 20 % of the people)");
  });

  it("change who answers, and every reply remembers which one it was", async () => {
    const { run, say, replyJournal, registry } = await desk();
    await say(message("Hello"));
    expect(await run("promote", { name: "c", reason: "it is kinder" })).toBe(
      "**c** answers everybody from now on. `rollback` brings **b** back. It is not judged yet.",
    );
    await say(message("Hello"));
    expect(await run("rollback")).toBe("**b** answers everybody again; **c** no longer does.");
    await say(message("Hello"));
    expect(replyJournal.lines.map(({ model }) => model)).toEqual(["b", "c", "b"]);
    expect(registry.find("c")?.retired).toBe("rolled back");
  });

  it("let a reply in progress end on the model it began with", async () => {
    const rest = gate<string>();
    const scripts = { b: { reply: () => ["I am ", rest.opened] } };
    const { run, say, clock, replyJournal } = await desk({ scripts });
    const { stage, heard } = await say(message("Hello"));
    await run("promote", { name: "c" });
    rest.open("b, still.");
    await clock.advance(5000);
    await heard;
    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: "I am b, still." });
    expect(replyJournal.lines[0]?.model).toBe("b");
  });

  it("tell somebody in the share of a canary which model answers them", async () => {
    const { run } = await desk();
    await run("promote", { name: "c", share: 99 });
    expect(await run("model", {}, ANNA)).toContain("**c**");
  });

  it("say in words what does not fit, and change nothing", async () => {
    const { run } = await desk();
    expect(await run("promote", { name: "d" })).toContain("no model d");
    expect(await run("promote", { name: "c", share: "kinder" })).toContain("no share");
    expect(await run("promote", { name: "c", share: 0 })).toContain("no share");
    expect(await run("model")).toContain("**b**");
  });

  it("let a version answer beside the champion, seen by nobody, and show how it fares", async () => {
    const { run } = await desk();
    expect(await run("promote", { name: "c", shadow: "on" })).toContain(
      "**b** answers everybody, and **c** beside it",
    );
    expect((await run("models")).split("\n")[2]).toMatch(
      /^- \*\*c\*\* \(shadow\): .*, not judged yet, no reply yet$/,
    );
    expect(await run("promote", { name: "c", shadow: "on", share: 10 })).toContain("not both");
    expect(await run("rollback")).toContain("**c** no longer does");
  });

  it("promote nothing that the judge found to lose, unless an admin insists", async () => {
    const { run, root } = await desk();
    await writeVerdict(root, "c", { outcome: "loses", reason: "It recites its rows." });
    expect(await run("promote", { name: "c" })).toBe(
      "c was judged to lose against b: It recites its rows. Nothing that loses is promoted, unless you insist: `promote c force`.",
    );
    expect(await run("promote", { name: "c", force: "on" })).toContain("answers everybody");
  });

  it("wait for a second admin where the operator wants two", async () => {
    const { run, bot } = await desk({ needsTwoAdmins: true });
    expect(await run("promote", { name: "c" })).toContain("Once another admin says `promote c`");
    const written: string[] = [];
    const note = (text: string) => void written.push(text);
    await new TerminalChat(bot, { write: note, note }, () => 0).command("promote c");
    expect(written).toEqual([
      "c answers everybody from now on. rollback brings b back. It is not judged yet.",
    ]);
  });

  it("take an admin by a role for the second, and nobody twice", async () => {
    const { run, settings } = await desk({ needsTwoAdmins: true });
    await changeSettingsAt(settings, HALL, { ranks: { bakers: "admin" } }, "ada");
    const baker = { ...person("bert"), roles: ["bakers"] };
    expect(await run("promote", { name: "c" }, baker)).toContain("Once another admin");
    expect(await run("promote", { name: "c" }, baker)).toContain("Once another admin");
    expect(await run("promote", { name: "c" })).toContain("answers everybody from now on");
  });

  it("propose versions that can be promoted, to admins", async () => {
    const { bot } = await desk();
    const call = { name: "promote", options: {}, person: ADA, place: HALL };
    expect(await bot.complete(call, "name", "")).toEqual(["a", "c"]);
    expect(await bot.complete(call, "name", "C")).toEqual(["c"]);
    expect(await bot.complete({ ...call, person: ANNA }, "name", "")).toEqual([]);
  });

  it("need a place where versions are kept", async () => {
    const { bot } = await openBot();
    const call = { name: "models", options: {}, person: ADA, place: HALL };
    expect((await bot.command(call)).text).toContain("only one model here");
  });
});
