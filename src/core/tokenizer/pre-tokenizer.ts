/**
 * Cuts text into pre-tokens, the stretches that merges never cross.
 *
 * Knows the steps of a tokenizer.json's pre_tokenizer; not bytes, not ids.
 */

import type { SplitStep } from "./definition.ts";
import { escapePattern, toRegExp } from "./pattern.ts";

type Take = (piece: string) => void;
export type PreTokenizer = (text: string, take: Take) => void;

const GPT2_WORDS = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** @param where names file and field in errors */
export function toPreTokenizer(steps: readonly SplitStep[], where: string): PreTokenizer {
  const [first, ...rest] = steps.map((step) => toStep(step, where));
  if (!first) return (text, take) => text !== "" && take(text);
  return rest.reduce(
    (before, after) => (text, take) => before(text, (piece) => after(piece, take)),
    first,
  );
}

function toStep(step: SplitStep, where: string): PreTokenizer {
  switch (step.type) {
    case "Digits":
      return isolate(
        toRegExp(step.individual_digits ? String.raw`\p{N}` : String.raw`\p{N}+`, where),
      );
    case "ByteLevel": {
      const words = step.use_regex ? isolate(toRegExp(GPT2_WORDS, where)) : pass;
      return step.add_prefix_space
        ? (text, take) => words(/^(?! )./su.test(text) ? ` ${text}` : text, take)
        : words;
    }
    case "Split": {
      const { pattern, behavior, invert } = step;
      const source = "Regex" in pattern ? pattern.Regex : escapePattern(pattern.String);
      const regex = toRegExp(source, where);
      if (behavior === "Isolated") return isolate(regex);
      return invert ? isolate(regex, { gaps: false }) : isolate(regex, { matches: false });
    }
  }
}

const pass: PreTokenizer = (text, take) => {
  if (text !== "") take(text);
};

/** Matches become pieces, and so does what lies between them. */
function isolate(regex: RegExp, keep: { matches?: boolean; gaps?: boolean } = {}): PreTokenizer {
  const { matches = true, gaps = true } = keep;
  // Patterns of tokenizers mostly match everywhere: a sticky test that only
  // moves lastIndex is a third faster than building match objects.
  const here = new RegExp(regex.source, "yu");
  const anywhere = new RegExp(regex.source, "gu");
  return (text, take) => {
    let start = 0;
    while (start < text.length) {
      here.lastIndex = start;
      let end = testWithin(here, text, start);
      if (end > start) {
        if (matches) take(text.slice(start, end));
      } else {
        end = nextMatch(anywhere, text, start);
        if (gaps) take(text.slice(start, end));
      }
      start = end;
    }
  };
}

/** The engine's stack holds some millions of repeats; a longer run, which no language writes, is cut. */
const LONGEST_RUN = 1 << 20;

/** Where the match that begins at `start` ends; `start` itself if there is none. */
function testWithin(here: RegExp, text: string, start: number): number {
  try {
    return here.test(text) ? here.lastIndex : start;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    here.lastIndex = 0;
    const run = text.slice(start, start + LONGEST_RUN).replace(/[\ud800-\udbff]$/u, "");
    return here.test(run) ? start + here.lastIndex : start;
  }
}

/** Where the first match that is not empty begins after `start`; the end of the text if there is none. */
function nextMatch(anywhere: RegExp, text: string, start: number): number {
  anywhere.lastIndex = start;
  for (let found = anywhere.exec(text); found; found = anywhere.exec(text)) {
    if (found[0] !== "") return found.index;
    anywhere.lastIndex++;
  }
  return text.length;
}
