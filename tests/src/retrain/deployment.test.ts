import { rm } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { sha256Of } from "../../../src/core/files.ts";
import { OPERATOR } from "../../../src/retrain/audit.ts";
import { isInShare } from "../../../src/retrain/share.ts";
import { writeExampleModel } from "../../support/example-model.ts";
import {
  ADA,
  BEA,
  openDeployment,
  serveInTurn,
  textOf,
  writeModels,
  type DeploymentOptions,
} from "../../support/retrain/open-deployment.ts";
import { writeVerdict } from "../../support/retrain/write-verdict.ts";
import { gate } from "../../support/scripted-engine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const everybody = (name: string) => ({ name, share: 100, by: ADA });

/** `a` serves, then `b` did, and `c` is there. */
async function serving(options: Partial<DeploymentOptions> = {}) {
  const root = await writeModels("c", "a", "b");
  const opened = await openDeployment({ root, ...options });
  await serveInTurn(opened, root, "a", "b");
  return { ...opened, root, main: await opened.deployment.start() };
}

describe("a promotion", () => {
  it("gives everybody the new model, and lets the old one go", async () => {
    const { deployment, main, registry, loaded } = await serving();
    expect(await deployment.promote(everybody("c"))).toMatchObject({
      kind: "champion",
      before: "b",
    });
    expect(main.model.name).toBe("c");
    expect(await textOf(await deployment.engineFor("anna"))).toBe("I am c.");
    expect(loaded).toEqual(["c"]);
    expect(registry.champions.map(({ name }) => name)).toEqual(["c", "b", "a"]);
  });

  it("lets a reply in progress end on the old one, for a while", async () => {
    const scripts = { b: { reply: () => ["One, ", gate<string>().opened] } };
    const { deployment, main, loaded, clock } = await serving({ scripts });
    const reader = main.generate({ messages: [] })[Symbol.asyncIterator]();
    await reader.next();
    await deployment.promote(everybody("c"));
    expect(loaded).toEqual(["b", "c"]);
    await clock.advance(2 * 60_000);
    expect(loaded).toEqual(["c"]);
  });

  it("of a folder that does not open, or says nothing, leaves the old one serving and says why", async () => {
    const mute = { reply: () => [] };
    const { deployment, main, registry, root, loaded } = await serving({ scripts: { c: mute } });
    await expect(deployment.promote(everybody("c"))).rejects.toThrow("opens but says nothing");
    await expect(deployment.promote(everybody("d"))).rejects.toMatchObject({
      message: "There is no model d that can be promoted.",
      hint: "There are: a, b, c.",
    });
    await rm(join(root, "a"), { recursive: true });
    await expect(deployment.promote(everybody("a"))).rejects.toThrow("There is no model folder");
    expect(main.model.name).toBe("b");
    expect(loaded).toEqual(["b"]);
    expect(registry.champions[0]?.name).toBe("b");
  });

  it("of what answers already is refused", async () => {
    const { deployment } = await serving();
    await expect(deployment.promote(everybody("b"))).rejects.toThrow("b answers already.");
  });

  it("waits for a second admin where two are asked for", async () => {
    const { deployment, main } = await serving({ needsTwoAdmins: true });
    expect(await deployment.promote(everybody("c"))).toMatchObject({ kind: "asked" });
    expect(await deployment.promote(everybody("c"))).toMatchObject({ kind: "asked" });
    expect(main.model.name).toBe("b");
    expect(await deployment.promote({ ...everybody("c"), by: BEA })).toMatchObject({
      kind: "champion",
    });
    await deployment.rollback(ADA);
    expect(main.model.name).toBe("b");
  });
});

describe("an experiment made anew under the name of a version", () => {
  const files = { "onnx/model.onnx": { sha256: sha256Of("another graph"), bytes: 7 } };
  const makeAnew = (root: string, name: string) =>
    writeExampleModel(join(root, name), { name, files });
  type Serving = Awaited<ReturnType<typeof serving>>;

  type Refusal = [string, { needsTwoAdmins?: boolean }, (bot: Serving) => Promise<unknown>];
  const trying = (share: number): Refusal => [
    `was to be tried by ${share} %`,
    {},
    async ({ deployment, registry }) => {
      const order = { ...everybody("b"), share };
      await expect(deployment.promote(order)).rejects.toThrow("Another b answers people now");
      expect(registry.champions[0]?.name).toBe("b");
    },
  ];

  it.each<Refusal>([
    [
      "is judged to lose",
      {},
      async ({ deployment, root }) => {
        await writeVerdict(root, "b", { outcome: "loses", reason: "It forgot." });
        await expect(deployment.promote(everybody("b"))).rejects.toThrow("judged to lose");
      },
    ],
    [
      "waits for a second admin",
      { needsTwoAdmins: true },
      ({ deployment }) => deployment.promote(everybody("b")),
    ],
    ...[0, 10].map((share) => trying(share)),
    [
      "was only to be compared",
      {},
      ({ deployment }) => expect(deployment.pair("b", ADA)).rejects.toThrow("answers already"),
    ],
  ])("is not champion at the next start where it %s", async (_, options, ask) => {
    const folder = temporaryFolder();
    const first = await serving({ folder, ...options });
    await makeAnew(first.root, "b");
    await ask(first);
    await first.close();

    const { deployment, registry } = await openDeployment({ root: first.root, folder });
    expect((await deployment.start()).model.name).toBe("a");
    expect(registry.find("b")?.retired).toContain("holds another model");
  });

  it("is champion once it is promoted, also at the next start", async () => {
    const folder = temporaryFolder();
    const first = await serving({ folder });
    await makeAnew(first.root, "b");
    expect(await first.deployment.promote(everybody("b"))).toMatchObject({ kind: "champion" });
    await first.close();

    const { deployment } = await openDeployment({ root: first.root, folder });
    expect((await deployment.start()).model.name).toBe("b");
  });

  it("does not answer for the one that is tried by being compared", async () => {
    const { deployment, root } = await serving();
    await deployment.promote({ ...everybody("c"), share: 10 });
    await makeAnew(root, "c");
    await expect(deployment.pair("c", ADA)).rejects.toThrow("c is being tried by 10 %");
  });
});

describe("what people are told of a promotion", () => {
  const place = { platform: "discord", channel: "ops", isDirect: false } as const;
  const elsewhere = { platform: "slack", channel: "admins", isDirect: false } as const;

  it("reaches whoever asked first, where that was, once a second admin agrees", async () => {
    const said: unknown[] = [];
    const announce = (where: unknown, text: string) => said.push([where, text]);
    const { deployment } = await serving({ needsTwoAdmins: true, announce });
    await deployment.promote({ ...everybody("c"), share: 10, place });
    await deployment.promote({ ...everybody("c"), share: 10, by: BEA, place: elsewhere });
    await deployment.promote({ ...everybody("c"), place });
    await deployment.promote({ ...everybody("c"), by: BEA, place });
    expect(said).toEqual([
      [place, "A second admin agreed: **c** answers 10 % of the people from now on."],
    ]); // the other time both were at the same place
  });

  it("begins with each champion: at a start, and when another one takes its place", async () => {
    const champions: string[] = [];
    const onChampion = ({ name }: { name: string }) => champions.push(name);
    const { deployment } = await serving({ onChampion });
    await deployment.promote({ ...everybody("c"), share: 50 });
    await deployment.promote(everybody("c"));
    expect(champions).toEqual(["b", "c"]);
  });
});

describe("a rollback", () => {
  it("brings the model before back, and says of the other why it went", async () => {
    const { deployment, main, registry, loaded } = await serving();
    expect(await deployment.rollback(ADA, "it swears")).toEqual({ from: "b", to: "a" });
    expect(main.model.name).toBe("a");
    expect(loaded).toEqual(["a"]);
    expect(registry.find("b")?.retired).toBe("it swears");
    await expect(deployment.rollback(ADA)).rejects.toMatchObject({
      message: "There is nothing to go back to: no model served before a.",
      hint: "`models` lists what can be promoted instead.",
    });
    await expect(deployment.rollback(OPERATOR)).rejects.toMatchObject({
      hint: "`lfz experiments versions` lists what can be promoted instead.",
    });
  });

  it("calls a model back that still ends its last replies, without loading it again", async () => {
    const rest = gate<string>();
    const scripts = { b: { reply: () => ["One, ", rest.opened] } };
    const { deployment, main, loaded } = await serving({ scripts });
    const reader = main.generate({ messages: [] })[Symbol.asyncIterator]();
    await reader.next();
    await deployment.promote(everybody("c"));
    await deployment.rollback(ADA);
    expect(main.model.name).toBe("b");
    expect(loaded).toEqual(["b"]);
    rest.open("two.");
    expect((await reader.next()).value).toMatchObject({ text: "two." });
  });
});

describe("a canary", () => {
  const people = Array.from({ length: 200 }, (_, index) => `person ${index}`);

  it("answers its share of the people, the same ones always; all others keep the champion", async () => {
    const { deployment, loaded } = await serving();
    await deployment.promote({ ...everybody("c"), share: 25 });
    const inShare = people.filter((one) => isInShare(one, "c", 25));
    expect(inShare.length / people.length).toBeCloseTo(0.25, 1);
    for (const one of people) {
      const { model } = await deployment.engineFor(one);
      expect(model.name).toBe(inShare.includes(one) ? "c" : "b");
    }
    expect(loaded).toEqual(["b", "c"]);
  });

  it("keeps its people when its share grows, and becomes champion without being loaded again", async () => {
    const { deployment, main, loaded } = await serving();
    await deployment.promote({ ...everybody("c"), share: 10 });
    await deployment.promote({ ...everybody("c"), share: 40 });
    expect(people.filter((one) => isInShare(one, "c", 10) && !isInShare(one, "c", 40))).toEqual([]);
    await deployment.promote(everybody("c"));
    expect(main.model.name).toBe("c");
    expect(loaded).toEqual(["c"]);
  });

  it("goes at a rollback; the champion stays", async () => {
    const { deployment, main, registry, loaded } = await serving();
    await deployment.promote({ ...everybody("c"), share: 99 });
    expect(await deployment.rollback(ADA)).toEqual({ from: "c", to: "b" });
    for (const one of people) expect((await deployment.engineFor(one)).model.name).toBe("b");
    expect(main.model.name).toBe("b");
    expect(loaded).toEqual(["b"]);
    expect(registry.champions[0]?.name).toBe("b");
  });

  it("must be decided about before another version is tried", async () => {
    const { deployment } = await serving();
    await deployment.promote({ ...everybody("c"), share: 10 });
    await expect(deployment.promote(everybody("a"))).rejects.toThrow("c is being tried by 10 %");
  });

  it("is there again after a restart, or taken back if it no longer opens", async () => {
    const folder = temporaryFolder();
    const first = await serving({ folder });
    const { root } = first;
    await first.deployment.promote({ ...everybody("c"), share: 99 });
    await first.close();

    /** Changes come one after the other, so after this one the canary is settled. */
    const settled = ({ deployment }: Pick<typeof first, "deployment">) =>
      expect(deployment.promote(everybody("b"))).rejects.toThrow("b answers already");
    const second = await openDeployment({ root, folder });
    await settled(second);
    const someone = people.find((one) => isInShare(one, "c", 99)) ?? "";
    expect((await second.deployment.engineFor(someone)).model.name).toBe("c");
    await second.close();

    await rm(join(root, "c"), { recursive: true });
    const third = await openDeployment({ root, folder });
    await settled(third);
    expect(third.registry.trial).toBeUndefined();
    expect((await third.deployment.engineFor(someone)).model.name).toBe("b");
    expect(third.lines).toContainEqual(expect.objectContaining({ event: "trial does not open" }));
  });
});

describe("the list of versions", () => {
  it("tells states and figures, also of what nobody has promoted yet", async () => {
    const { deployment } = await serving();
    await deployment.promote({ ...everybody("c"), share: 25 });
    expect(await deployment.list()).toMatchObject([
      { name: "a", state: "previous", isServing: false },
      { name: "b", state: "champion", isServing: true, loss: 2.93, bytes: 5 },
      { name: "c", state: "canary", share: 25 },
    ]);
    await deployment.rollback(ADA, "too slow");
    expect((await deployment.list()).at(-1)).toMatchObject({
      state: "retired",
      remark: "too slow",
    });
  });
});
