import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { OUR_SPLIT, type SplitStep } from "../../../../src/core/tokenizer/definition.ts";
import { toPreTokenizer } from "../../../../src/core/tokenizer/pre-tokenizer.ts";
import { anyText } from "../../../support/tiny-tokenizer.ts";

function piecesOf(text: string, steps: readonly SplitStep[] = OUR_SPLIT): string[] {
  const pieces: string[] = [];
  toPreTokenizer(steps, "test")(text, (piece) => pieces.push(piece));
  return pieces;
}

const isolated = (Regex: string): SplitStep[] => [
  { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
];

describe("our split", () => {
  it.each([
    ["Hello there, you", ["Hello", " there", ",", " you"]],
    ["don't I'LL we've", ["don", "'t", " I", "'LL", " we", "'ve"]],
    ["call 1234567", ["call", " ", "123", "456", "7"]],
    ["wait... what?!", ["wait", "...", " what", "?!"]],
    ["a  b\n\n c", ["a", " ", " b", "\n\n", " c"]],
    ["x \n", ["x", " \n"]],
    ["na\u00efve \u4f60\u597d", ["na\u00efve", " \u4f60\u597d"]],
    ["$5 (ok)", ["$", "5", " (", "ok", ")"]],
  ])("cuts %j", (text, pieces) => {
    expect(piecesOf(text)).toEqual(pieces);
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(piecesOf(text).join("")).toBe(text);
      }),
    );
  });
});

describe("patterns written for Oniguruma", () => {
  it("fold case as Unicode does", () => {
    expect(piecesOf("a'\u017fa'Sa'x", isolated("(?i:'s)"))).toEqual([
      "a",
      "'\u017f",
      "a",
      "'S",
      "a'x",
    ]);
  });

  it("count U+0085 as space and U+FEFF not", () => {
    expect(piecesOf("a\u0085b\ufeffc", isolated("\\s"))).toEqual(["a", "\u0085", "b\ufeffc"]);
    expect(piecesOf("a\u0085b", isolated("[^\\S\\n]"))).toEqual(["a", "\u0085", "b"]);
  });

  it("may escape what needs no escape", () => {
    expect(piecesOf(`a"-b`, isolated(`\\"\\-`))).toEqual(["a", `"-`, "b"]);
  });

  it("are refused where JavaScript has no equal", () => {
    expect(() => piecesOf("a", isolated("a++"))).toThrow(
      "test: the pattern a++ cannot be read here",
    );
  });
});

describe("a literal split", () => {
  it("finds text as it stands and may remove it", () => {
    const dots: SplitStep = {
      type: "Split",
      pattern: { String: "." },
      behavior: "Removed",
      invert: false,
    };
    expect(piecesOf("a.bc..d", [dots])).toEqual(["a", "bc", "d"]);
  });
});
