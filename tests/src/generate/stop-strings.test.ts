import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { StopStrings, type Shown } from "../../../src/generate/stop-strings.ts";

describe("stop texts", () => {
  it("hold back what may begin one, and show it when it does not", () => {
    const stops = new StopStrings(["\nUser:"]);
    expect(stops.push("Hi")).toEqual({ text: "Hi", stopped: false });
    expect(stops.push("!\nUs")).toEqual({ text: "!", stopped: false });
    expect(stops.push("ually")).toEqual({ text: "\nUsually", stopped: false });
    expect(stops.push("\n")).toEqual({ text: "", stopped: false });
    expect(stops.end("")).toEqual({ text: "\n", stopped: false });
  });

  it("end a reply before the earliest of them, in the middle of a token", () => {
    const stops = new StopStrings(["END", "STOP"]);
    expect(stops.push("a ST")).toEqual({ text: "a ", stopped: false });
    expect(stops.push("OP END")).toEqual({ text: "", stopped: true });
    expect(stops.end("")).toEqual({ text: "", stopped: false });
  });

  it("find one that begins inside a false beginning of itself", () => {
    const stops = new StopStrings(["aab"]);
    expect(stops.push("aa")).toEqual({ text: "", stopped: false });
    expect(stops.push("ab!")).toEqual({ text: "a", stopped: true });
  });

  it("wait where one is found behind what may begin another", () => {
    const stops = new StopStrings(["aca", "c"]);
    expect(stops.push("bac")).toEqual({ text: "b", stopped: false });
    expect(stops.push("a")).toEqual({ text: "", stopped: true });
    expect(stops.push("ac")).toEqual({ text: "", stopped: false });
    expect(stops.push("b")).toEqual({ text: "a", stopped: true });
    expect(stops.push("ac")).toEqual({ text: "", stopped: false });
    expect(stops.end("")).toEqual({ text: "a", stopped: true });
  });

  it("let everything pass where there are none, or an empty one", () => {
    expect(new StopStrings([""]).push("anything")).toEqual({ text: "anything", stopped: false });
  });

  it("show the same however the text is cut into tokens", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
    const pieces = fc.array(letters, { maxLength: 8 });
    const stop = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pieces, fc.array(stop, { maxLength: 3 }), (pieces, stops) => {
        const text = pieces.join("");
        const cuts = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
        const expected = text.slice(0, Math.min(text.length, ...cuts));
        expect(shown(pieces, stops)).toEqual({ text: expected, stopped: cuts.length > 0 });
      }),
    );
  });
});

function shown(pieces: readonly string[], stops: readonly string[]): Shown {
  const guard = new StopStrings(stops);
  let text = "";
  for (const piece of pieces) {
    const next = guard.push(piece);
    text += next.text;
    if (next.stopped) return { text, stopped: true };
  }
  const last = guard.end("");
  return { text: text + last.text, stopped: last.stopped };
}
