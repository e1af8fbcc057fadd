/**
 * What the model writes, made harmless: it may not call people.
 *
 * Slack reads `<!here>`, `<@U…>` and `<#C…>` as calls wherever they stand but
 * in code. A space without width after the bracket keeps the words as they
 * are and the call unmade; code is left alone.
 */

const CODE_SPAN = "(?<!`)(`+)(?!`).*?(?<!`)\\1(?!`)";
const CODE_SPAN_OR_CALL = new RegExp(`${CODE_SPAN}|<(?=[!@#])`, "g");
const CLOSED_SPAN = new RegExp(`${CODE_SPAN}(?!$)`, "g"); // at the end, one more backtick opens it again
const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/;
const MAY_BE_FENCE = /^ {0,3}(`+|~+|$)/;
const HARMLESS = "<\u200B";

export function defuse(text: string): string {
  return fencedLines(text)
    .map(({ line, isCode }) => (isCode ? line : defuseLine(line)))
    .join("\n");
}

/**
 * The part of a text still being written that no later word can turn into
 * something else: neither a bracket that may become a call, nor a backtick
 * that may become code.
 */
export function settledPart(text: string): string {
  const last = fencedLines(text).at(-1);
  if (!last) return text;
  const before = text.slice(0, text.length - last.line.length);
  if (last.isOutside && MAY_BE_FENCE.test(last.line)) return before;
  if (last.isCode) return text;
  const withoutSpans = last.line.replace(CLOSED_SPAN, (span) => "x".repeat(span.length));
  const open = withoutSpans.search(/`|<$/);
  return open < 0 ? text : before + last.line.slice(0, open);
}

interface Line {
  readonly line: string;
  /** Inside a fence, or the fence itself. */
  readonly isCode: boolean;
  /** No fence was open before it. */
  readonly isOutside: boolean;
}

function fencedLines(text: string): Line[] {
  let fence: string | undefined;
  return text.split("\n").map((line) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      const closes = mark !== undefined && mark.startsWith(fence) && line.trim() === mark;
      if (closes) fence = undefined;
      return { line, isCode: true, isOutside: false };
    }
    fence = mark;
    return { line, isCode: mark !== undefined, isOutside: true };
  });
}

function defuseLine(line: string): string {
  return line.replace(CODE_SPAN_OR_CALL, (found) => (found === "<" ? HARMLESS : found));
}
