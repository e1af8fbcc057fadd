import { describe, expect, it } from "vitest";

import type { Decoder } from "../../../src/core/decoder/decoder.ts";
import { checkSpeed } from "../../../trainer/judge/checks/speed.ts";
import { measureSpeeds } from "../../../trainer/judge/speed.ts";
import { madeUpTrial } from "../support/made-up-trial.ts";
import { ScriptedDecoder } from "../../support/scripted-decoder.ts";

/** A third of all tokens, of whichever decoder, waits for a machine that does something else. */
const BUSY = 60_000;

describe("measureSpeeds", () => {
  it("tells what each takes by itself on a machine that is often busy", async () => {
    let clock = 0;
    let reads = 0;
    const decoderOf = (milliseconds: number): Decoder => {
      const decoder = new ScriptedDecoder(() => 6);
      const read = decoder.read.bind(decoder);
      decoder.read = (...args) => {
        clock += milliseconds + (reads++ % 3 === 0 ? BUSY : 0);
        return read(...args);
      };
      return decoder;
    };
    const speeds = await measureSpeeds(decoderOf(2), decoderOf(5), () => clock);
    expect(speeds).toEqual({ champion: 500, candidate: 200 });
  });
});

describe("speed", () => {
  it("is worse only below half", () => {
    const of = (ratio: number) => checkSpeed(madeUpTrial({}, {}, { ratio }))[0]?.outcome;
    expect([0.4, 0.6, 3].map(of)).toEqual(["worse", "same", "same"]);
  });
});
