import { describe, expect, it } from "vitest";

import { openBot } from "../../../support/chat/open-bot.ts";
import { HALL, MANAGER, person } from "../../../support/chat/paper-stage.ts";
import {
  openDeployment,
  serveInTurn,
  writeModels,
  type Scripts,
} from "../../../support/retrain/open-deployment.ts";
import type { GenerationRequest } from "../../../../src/generate/types.ts";

const ADA = person("ada"); // an admin: see openBot

async function desk(scripts: Scripts = {}) {
  const root = await writeModels("c", "b");
  const opened = await openDeployment({ root, scripts });
  await serveInTurn(opened, root, "b");
  const models = opened.deployment;
  const chat = await openBot({}, { models, engine: models.start() });
  const run = async (name: string, options: Record<string, string> = {}, who = ADA) =>
    (await chat.bot.command({ name, options, person: who, place: HALL })).text;
  return { ...opened, ...chat, run };
}

describe("compare", () => {
  it("shows what both say to a question, one under the other, with their pace", async () => {
    const { run } = await desk({ c: { reply: () => ["I am c,\nof course."] } });
    expect(await run("compare", { name: "c", question: "Who are you?" })).toBe(
      [
        "**Who are you?**",
        "**b** (champion, 1061 tokens/s, first after 12 ms):",
        "> I am b.",
        "**c** (compared, 1061 tokens/s, first after 12 ms):",
        "> I am c,",
        "> of course.",
      ].join("\n"),
    );
  });

  it("asks both the same, with the persona of the place and no luck", async () => {
    const asked: GenerationRequest[] = [];
    const reply = (request: GenerationRequest) => {
      if (request.maxTokens !== 1) asked.push(request); // a proof that it works asks for one
      return ["Ahoy."];
    };
    const { run } = await desk({ b: { reply }, c: { reply } });
    await run("persona", { text: "You are a pirate." });
    await run("settings", { name: "length", value: "50" });
    await run("compare", { name: "c", question: "Who are you?" });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
    expect(asked[0]).toEqual({
      messages: [
        { role: "system", content: "You are a pirate." },
        { role: "user", content: "Who are you?" },
      ],
      maxTokens: 50,
      sampling: { temperature: 0, seed: 1 },
    });
  });

  it("has three questions of its own, and shows silence as such", async () => {
    let calls = 0;
    const { run } = await desk({ c: { reply: () => (calls++ === 0 ? ["Hi"] : []) } });
    const text = await run("compare", { name: "c" });
    expect(text.match(/> I am b\./g)).toHaveLength(3);
    expect(text.match(/> _nothing_/g)).toHaveLength(3);
  });

  it("says in words what cannot be compared, and is for admins", async () => {
    const { run } = await desk();
    expect(await run("compare", { name: "b" })).toContain("b answers already.");
    expect(await run("compare", { name: "x" })).toContain("There is no model x");
    expect(await run("compare", { name: "c" }, MANAGER)).toContain("Only admins");
  });
});
