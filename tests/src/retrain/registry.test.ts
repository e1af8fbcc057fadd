import { describe, expect, it, vi } from "vitest";

import { Registry } from "../../../src/retrain/registry.ts";
import { RegistryState, stateOf } from "../../../src/retrain/registry-state.ts";
import { OPERATOR, type AuditRecord } from "../../../src/retrain/audit.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { memoryDocument, memoryJournal } from "../../support/chat/memory-stores.ts";

const ADA = { who: "discord:ada", platform: "discord" } as const;
const BEA = { who: "slack:bea", platform: "slack" } as const;

/** Nobody is served yet. */
async function openRegistry() {
  const clock = new ManualClock();
  const document = memoryDocument(RegistryState.parse({}));
  const audit = memoryJournal<AuditRecord>();
  const parts = { document, audit, now: () => clock.now() };
  const registry = await Registry.open(parts);
  const states = () =>
    Object.fromEntries(registry.versions.map((one) => [one.name, stateOf(registry.state, one)]));
  return { registry, states, clock, audit, document, parts };
}

function versionOf(name: string, manifest = `${name}'s hash`) {
  return { name, folder: `/models/${name}`, manifest, at: 0, from: "a test" };
}

describe("the registry of versions", () => {
  it("has one champion, one way back, and knows who served before", async () => {
    const { registry, states } = await openRegistry();
    for (const name of ["a", "b", "c"]) await registry.promote(versionOf(name), ADA);
    expect(states()).toEqual({ a: "retired", b: "previous", c: "champion" });
  });

  it("goes back one champion at a time, and promotes again what it took back", async () => {
    const { registry, states } = await openRegistry();
    for (const name of ["a", "b", "c"]) await registry.promote(versionOf(name), ADA);
    await registry.retire("c", ADA, "it swears");
    expect(states()).toEqual({ a: "previous", b: "champion", c: "retired" });
    expect(registry.find("c")?.retired).toBe("it swears");
    await registry.retire("b", ADA, "it swears too");
    expect(states()).toEqual({ a: "champion", b: "retired", c: "retired" });
    await registry.promote(versionOf("c"), ADA);
    expect(states()).toEqual({ a: "previous", b: "retired", c: "champion" });
    expect(registry.find("c")?.retired).toBeUndefined();
  });

  it("keeps the moment a canary began, though its share grows", async () => {
    const { registry, states, clock } = await openRegistry();
    await registry.promote(versionOf("a"), ADA);
    await registry.beginTrial(versionOf("b"), { share: 10 }, ADA);
    const { since } = registry.trial ?? {};
    await clock.advance(1000);
    await registry.beginTrial(versionOf("b"), { share: 50 }, ADA);
    expect(registry.trial).toEqual({ name: "b", share: 50, since });
    expect(states()).toEqual({ a: "champion", b: "canary" });
    await registry.promote(versionOf("b"), ADA);
    expect(states()).toEqual({ a: "previous", b: "champion" });
    expect(registry.trial).toBeUndefined();
  });

  it("writes down who changed what, from where, when and why", async () => {
    const { registry, audit, clock } = await openRegistry();
    await clock.advance(5000);
    await registry.promote(versionOf("a"), ADA, { why: "it is kinder" });
    expect(audit.lines).toMatchObject([
      {
        action: "promote",
        version: "a",
        who: "discord:ada",
        platform: "discord",
        at: clock.now(),
        why: "it is kinder",
      },
    ]);
  });

  it("knows a version again, takes a new export of it, and no other folder of its name", async () => {
    const { registry, clock } = await openRegistry();
    const first = registry.versionOf(versionOf("a"));
    expect(registry.versions).toEqual([]); // it is only looked at
    await registry.promote(first, ADA);
    await clock.advance(1000);
    expect(registry.versionOf(versionOf("a"))).toEqual(first);
    const again = registry.versionOf(versionOf("a", "another hash"));
    expect(registry.versions).toEqual([first]);
    await registry.promote(again, ADA);
    expect(registry.versions).toEqual([again]);
    const elsewhere = { ...versionOf("a"), folder: "/elsewhere/a" };
    expect(() => registry.versionOf(elsewhere)).toThrow("/models/a");
  });

  it("takes another model of a champion's name for one that has served nobody", async () => {
    const { registry, states } = await openRegistry();
    for (const name of ["a", "b"]) await registry.promote(versionOf(name), ADA);
    await registry.beginTrial(versionOf("b", "another hash"), { share: 10 }, ADA);
    expect(states()).toEqual({ a: "champion", b: "canary" });
  });

  it("says of an announced change that was never made that it is void, once", async () => {
    const { registry, parts, document, audit } = await openRegistry();
    await registry.promote(versionOf("a"), ADA);
    const before = document.value;
    await registry.promote(versionOf("b"), ADA);
    await document.change(() => before); // as if the process had died between journal and document

    const reopened = await Registry.open(parts);
    expect(reopened.champions.map(({ name }) => name)).toEqual(["a"]);
    expect(audit.lines.at(-1)).toMatchObject({ action: "undone", version: "b", who: "lfz" });
    const { length } = audit.lines;
    await Registry.open(parts);
    expect(audit.lines).toHaveLength(length);
    await reopened.promote(versionOf("b"), ADA);
    expect(document.value.revision).toBe(audit.lines.at(-1)?.revision);
  });

  it("says the same of one that the disk refused, before the next change", async () => {
    const { registry, parts, document, audit } = await openRegistry();
    vi.spyOn(document, "change").mockRejectedValueOnce(new Error("ENOSPC"));
    await expect(registry.promote(versionOf("a"), ADA)).rejects.toThrow("ENOSPC");
    await registry.promote(versionOf("b"), ADA);
    await Registry.open(parts);
    expect(audit.lines).toMatchObject([
      { action: "promote", version: "a", revision: 1 },
      { action: "undone", version: "a", revision: 1, who: "lfz" },
      { action: "promote", version: "b", revision: 2 },
    ]);
  });

  it("says it of each that is missing, not only of the last", async () => {
    const { registry, parts, document, audit } = await openRegistry();
    const before = document.value;
    for (const name of ["a", "b"]) await registry.promote(versionOf(name), ADA);
    await document.change(() => before);
    await Registry.open(parts);
    const voided = audit.lines.filter(({ action }) => action === "undone");
    expect(voided.map(({ version, revision }) => [version, revision])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});

describe("a promotion that two admins must want", () => {
  const order = { share: 100 };
  const b = versionOf("b");

  it("is seconded by another one within the hour, and by nobody else", async () => {
    const { registry, clock, audit } = await openRegistry();
    expect(await registry.second(b, order, ADA)).toBe(false);
    expect(await registry.second(b, order, ADA)).toBe(false);
    expect(await registry.second(b, { share: 10 }, BEA)).toBe(false);
    expect(await registry.second(b, order, ADA)).toBe(false);
    await clock.advance(59 * 60_000);
    expect(await registry.second(b, order, BEA)).toBe(true);
    expect(audit.lines.filter(({ action }) => action === "request")).toHaveLength(4);
  });

  it("is asked for anew where another model lies under its name by then", async () => {
    const { registry } = await openRegistry();
    await registry.second(b, order, ADA);
    const another = versionOf("b", "another hash");
    expect(await registry.second(another, order, BEA)).toBe(false);
    expect(await registry.second(another, order, ADA)).toBe(true);
  });

  it("is asked for anew after an hour", async () => {
    const { registry, clock } = await openRegistry();
    await registry.second(b, order, OPERATOR);
    await clock.advance(60 * 60_000);
    expect(await registry.second(b, order, BEA)).toBe(false);
    expect(await registry.second(b, order, OPERATOR)).toBe(true);
  });

  it("is no longer open once something was promoted", async () => {
    const { registry } = await openRegistry();
    await registry.second(b, order, ADA);
    await registry.promote(versionOf("a"), ADA);
    expect(await registry.second(b, order, BEA)).toBe(false);
  });
});
