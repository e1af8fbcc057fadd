/**
 * Reads the regular expressions of tokenizer.json, written for Oniguruma, as
 * JavaScript's.
 *
 * Knows the differences that tokenizers meet: `(?i:...)`, what counts as
 * space or digit, needless backslashes. What JavaScript cannot say is refused.
 */

import { HintedError } from "../errors.ts";

/** @throws HintedError if the pattern has no equal in JavaScript; `where` names file and field. */
export function toRegExp(pattern: string, where: string): RegExp {
  try {
    return new RegExp(translate(pattern), "gu");
  } catch (cause) {
    throw new HintedError(`${where}: the pattern ${pattern} cannot be read here.`, {
      hint: "Only patterns that JavaScript can express are supported.",
      cause,
    });
  }
}

/** Text to be found as it stands. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
}

/** Oniguruma's classes are Unicode's; JavaScript's `\s` has U+FEFF and lacks U+0085. */
const CLASSES: Readonly<Record<string, string>> = {
  s: String.raw`\p{White_Space}`,
  S: String.raw`\P{White_Space}`,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  A: "^",
  z: "$",
};
/** What a backslash may stand before in JavaScript's strict Unicode mode. */
const MAY_BE_ESCAPED = /[\^$\\.*+?()[\]{}|/\-A-Za-z0-9]/u;
const POSSESSIVE = /[*+?]\+/u;
const IGNORE_CASE = "(?i:";

function translate(pattern: string): string {
  if (POSSESSIVE.test(pattern.replaceAll(/\\./gu, "x").replaceAll(/\[[^\]]*\]/gu, "x"))) {
    throw new SyntaxError("Possessive quantifiers have no equal in JavaScript.");
  }
  let output = "";
  let inClass = false;
  /** For each open group, whether case is ignored inside. */
  const groups = [false];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i);
    if (character === "\\") {
      const escaped = pattern.charAt(++i);
      const isHyphenOutside = escaped === "-" && !inClass;
      output +=
        CLASSES[escaped] ??
        (MAY_BE_ESCAPED.test(escaped) && !isHyphenOutside ? `\\${escaped}` : escaped);
      if (/[pP]/u.test(escaped) && pattern.charAt(i + 1) === "{") {
        const end = pattern.indexOf("}", i);
        output += pattern.slice(i + 1, end + 1);
        i = end;
      }
    } else if (inClass) {
      inClass = character !== "]";
      output += groups.at(-1) ? bothCases(character) : character;
    } else if (character === "[") {
      inClass = true;
      output += character;
    } else if (pattern.startsWith(IGNORE_CASE, i)) {
      groups.push(true);
      output += "(?:";
      i += IGNORE_CASE.length - 1;
    } else if (character === "(") {
      groups.push(groups.at(-1) ?? false);
      output += character;
    } else if (character === ")") {
      groups.pop();
      output += character;
    } else if (groups.at(-1) && /\p{L}/u.test(character)) output += `[${bothCases(character)}]`;
    else output += character;
  }
  return output;
}

/** `s` as `sSſ`: all that Unicode folds to the same letter. */
function bothCases(letter: string): string {
  const folded: Readonly<Record<string, string>> = { s: "\u017f", k: "\u212a" };
  const lower = letter.toLowerCase();
  return lower === letter.toUpperCase()
    ? letter
    : lower + letter.toUpperCase() + (folded[lower] ?? "");
}
