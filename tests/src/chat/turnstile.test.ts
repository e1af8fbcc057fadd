import { describe, expect, it } from "vitest";

import { Turnstile } from "../../../src/chat/turnstile.ts";

const never = new AbortController().signal;

describe("Turnstile", () => {
  it("lets so many in at once, and the others in the order they came", async () => {
    const turnstile = new Turnstile(2);
    const entered: string[] = [];
    const enter = async (name: string) => {
      const leave = await turnstile.enter(never);
      entered.push(name);
      return leave;
    };
    const [first, second] = await Promise.all([enter("one"), enter("two")]);
    const [third, fourth] = [enter("three"), enter("four")];
    expect(entered).toEqual(["one", "two"]);
    first?.();
    await third;
    second?.();
    const last = await fourth;
    expect(entered).toEqual(["one", "two", "three", "four"]);
    (await third)?.();
    last?.();
    await Promise.all([enter("five"), enter("six")]);
    expect(entered).toHaveLength(6);
  });

  it("forgets whoever no longer wants to wait", async () => {
    const turnstile = new Turnstile(1);
    const leave = await turnstile.enter(never);
    const impatient = new AbortController();
    const waiting = turnstile.enter(impatient.signal);
    const patient = turnstile.enter(never);
    impatient.abort();
    expect(await waiting).toBeUndefined();
    leave?.();
    expect(await patient).toBeTypeOf("function");
    expect(await turnstile.enter(AbortSignal.abort())).toBeUndefined();
  });
});
