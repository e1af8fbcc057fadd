import { describe, expect, it } from "vitest";

import { Consent, Consents } from "../../../src/chat/consent.ts";
import { memoryDocument } from "../../support/chat/memory-stores.ts";
import { HALL } from "../../support/chat/paper-stage.ts";

const GARDEN = { ...HALL, channel: "garden" };
const ELSEWHERE = { ...HALL, community: "other" };

function consentIn(stored: unknown = {}) {
  const document = memoryDocument(Consents.parse(stored));
  return { document, consent: new Consent(document) };
}

describe("consent", () => {
  it("is nobody's who did not say so", () => {
    expect(consentIn().consent.has("anna", HALL)).toBe(false);
  });

  it("is read as it was stored before channels counted", () => {
    const { consent } = consentIn({ people: { anna: 5 } });
    expect([consent.has("anna", HALL), consent.has("ben", HALL)]).toEqual([true, false]);
    expect(consent.since("anna")).toBe(5);
  });

  it("for a channel holds there, whichever thread, and nowhere else", async () => {
    const { consent } = consentIn();
    await consent.decide("anna", true, 1, HALL);
    const places = [HALL, { ...HALL, thread: "t" }, GARDEN, ELSEWHERE];
    expect(places.map((place) => consent.has("anna", place))).toEqual([true, true, false, false]);
    expect(consent.has("ben", HALL)).toBe(false);
  });

  it("for everywhere leaves out what was taken out, whatever is said for everywhere later", async () => {
    const { consent } = consentIn();
    await consent.give("anna", 1);
    await consent.decide("anna", false, 2, HALL);
    await consent.give("anna", 3);
    expect([consent.has("anna", HALL), consent.has("anna", GARDEN)]).toEqual([false, true]);
    expect(consent.since("anna")).toBe(1);
  });

  it("that is withdrawn for everywhere is withdrawn for every channel", async () => {
    const { consent, document } = consentIn();
    await consent.decide("anna", true, 1, HALL);
    await consent.withdraw("anna");
    await consent.give("ben", 1);
    await consent.decide("ben", false, 1, HALL);
    await consent.withdraw("ben");
    expect(document.value).toEqual({ people: {}, exceptions: {} });
  });

  it("is back as it was when a decision is turned round, and leaves no trace", async () => {
    const { consent, document } = consentIn({ people: { anna: 5 } });
    await consent.decide("anna", false, 6, HALL);
    await consent.decide("anna", true, 7, HALL);
    expect(consent.has("anna", HALL)).toBe(true);
    expect(document.value).toEqual({ people: { anna: 5 }, exceptions: {} });
  });
});
