/** Both halves at once: what people taught a bot becomes a judged model, by the commands anybody can type. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { openChat } from "../../src/open-chat.ts";
import { readVersion } from "../../src/retrain/find-version.ts";
import { MACHINE } from "../../src/retrain/audit.ts";
import { openRegistry } from "../../src/retrain/open-registry.ts";
import { openHome } from "../../src/state/home.ts";
import { ManualClock } from "../support/chat/manual-clock.ts";
import { ANNA, HALL, message, paperStage, person } from "../support/chat/paper-stage.ts";
import { runLfz, startLfz } from "../support/run-lfz.ts";
import { scriptedEngine } from "../support/scripted-engine.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { silentLog } from "../support/web-server.ts";
import { tinyTraining, writeTinyCorpus } from "../trainer/support/tiny-corpus.ts";

const ADA = person("ada");

/** A home in which Anna has corrected so many replies, and somebody trained the champion. */
async function taughtHome(corrections: number, champion: string): Promise<string> {
  const home = await openHome(temporaryFolder());
  const clock = new ManualClock(Date.now() - 86_400_000);
  const engine = Promise.resolve(scriptedEngine());
  const admins = [{ platform: "discord", id: "ada" }];
  const chat = await openChat({ home, engine, admins, retentionDays: 180, clock, log: silentLog });
  const { bot } = chat;
  const give = (name: string, options: Record<string, string>, who = ANNA) =>
    bot.command({ name, options, person: who, place: HALL });
  await give("opt-in", {});
  await give("settings", { name: "review", value: "off" }, ADA);
  for (let number = 0; number < corrections; number++) {
    const stage = paperStage(clock);
    const state = { isOver: false };
    const said = message(`What is ${number}?`, { at: clock.now() });
    const heard = bot.hear(said, stage).finally(() => (state.isOver = true));
    while (!state.isOver) await clock.advance(60_000);
    await heard;
    await bot.correct(stage.reply.id, ANNA, `${number} is what I say it is.`);
    await clock.advance(60_000);
  }
  await chat.close();
  const kept = await openRegistry(home, { now: () => Date.now(), log: silentLog });
  const found = { ...(await readVersion(champion)), from: "a test" };
  await kept.registry.promote(kept.registry.versionOf(found), MACHINE);
  await kept.close();
  await home.close();
  return home.folder;
}

it("retrains at the command line, is interrupted, and goes on to a verdict", async () => {
  const cwd = temporaryFolder();
  const corpus = writeTinyCorpus(cwd);
  const trained = await runLfz([...tinyTraining(corpus, "champion"), "--steps", "40"], { cwd });
  expect(trained.code).toBe(0);
  const home = await taughtHome(40, join(cwd, "experiments", "champion"));
  const options = { cwd, env: { LFZ_ORIGINAL_DATA: corpus } };
  const words = ["retrain", "--home", home, "--minutes", "0.2", "--json"];

  const plan = await runLfz([...words, "--dry-run"], options);
  expect(plan.stderr).toContain("lfz judge experiments/NAME --against");

  const first = startLfz(words, options);
  const candidate = `feedback-${new Date().toISOString().slice(0, 10)}`;
  const checkpoint = join(cwd, "experiments", candidate, "checkpoint", "index.json");
  while (!existsSync(checkpoint)) await new Promise((resolve) => setTimeout(resolve, 50));
  first.process.kill("SIGINT");
  expect((await first.result).code).toBe(130);

  const second = await runLfz(words, options);
  expect(second.stderr).toContain("Going on with training 1, which was begun before.");
  expect(second.json).toMatchObject({ id: 1, state: "done", method: "sft", candidate });
  expect(["wins", "holds", "loses"]).toContain(
    (second.json?.verdict as { outcome: string } | undefined)?.outcome,
  );
});
