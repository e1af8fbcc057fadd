/**
 * One text as several messages that each look right.
 *
 * Cuts between paragraphs, else between lines (so items of a list stay
 * whole), else after a sentence, else between words, and at last between
 * characters as people see them: never inside a surrogate pair. A code fence
 * that is cut is closed, and opened again in the next message.
 *
 * While a text grows, all messages but the last stay as they are: a cut is
 * decided by what stands before it alone.
 */

/** How far before the limit a better place to cut is looked for. */
const LOOK_BACK = 0.5;

/** Characters around a hard cut in which whole characters are looked for; a family emoji has 11. */
const CHARACTER_WINDOW = 40;

/** `limit` is in UTF-16 units; texts of blanks only make no message. */
export function splitMessage(text: string, limit: number): string[] {
  const messages: string[] = [];
  let fence: Fence | undefined;
  let rest = text;
  for (;;) {
    const opening: string = fence ? `${fence.line}\n` : "";
    const last = opening + rest;
    const lastFence = fenceAfter(rest, fence);
    const closed = lastFence ? `${last}\n${lastFence.mark}` : last;
    if (closed.length <= limit) {
      messages.push(closed);
      break;
    }
    const room = limit - opening.length - (fence?.mark.length ?? FENCE_ROOM) - 1;
    const cut = goodCut(rest, room);
    const piece = rest.slice(0, cut);
    fence = fenceAfter(piece, fence);
    messages.push(opening + piece.trimEnd() + (fence ? `\n${fence.mark}` : ""));
    rest = fence ? rest.slice(cut).replace(/^\n/, "") : rest.slice(cut).replace(/^\s+/, "");
  }
  return messages.filter((message) => message.trim() !== "");
}

/** Where to cut a text that is longer than `room`. */
export function goodCut(text: string, room: number): number {
  const earliest = Math.floor(room * LOOK_BACK);
  const head = text.slice(0, room);
  const endOf = (mark: string) => {
    const at = head.lastIndexOf(mark);
    return at >= earliest ? at + mark.length : -1;
  };
  const sentence = Math.max(endOf(". "), endOf("! "), endOf("? "), endOf("。"));
  const cut = [endOf("\n\n"), endOf("\n"), sentence, endOf(" ")].find((at) => at > 0);
  return beforeBareFence(text, cut ?? wholeCharacters(text, room));
}

/** A fence that would open at the very end of a message opens in the next one. */
function beforeBareFence(text: string, cut: number): number {
  const lines = text.slice(0, cut).trimEnd();
  const start = lines.lastIndexOf("\n") + 1;
  const opensHere =
    OPENING.test(lines.slice(start)) && fenceAfter(lines.slice(0, start)) === undefined;
  return opensHere && start > 0 ? start : cut;
}

/** The last place at or before `room` between two characters as people see them. */
function wholeCharacters(text: string, room: number): number {
  const from = Math.max(0, room - CHARACTER_WINDOW);
  const window = text.slice(from, room + CHARACTER_WINDOW);
  let best = 0;
  for (const { index } of GRAPHEMES.segment(window)) if (from + index <= room) best = from + index;
  // A character longer than the window can only be cut; a pair of surrogates still is not.
  if (best > from) return best;
  return isLowSurrogate(text.charCodeAt(room)) ? room - 1 : room;
}

const GRAPHEMES = new Intl.Segmenter();

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

export interface Fence {
  /** What opens it again: "```ts". */
  readonly line: string;
  /** What closes it. */
  readonly mark: string;
}

/** Backticks before anything but the name of a language are text that happens to begin so. */
const OPENING = /^ {0,3}(`{3,8}|~{3,8})([\w+#.-]{0,20})$/;
const FENCE_ROOM = 8;

/** The fence that is open after a text, if one was open before it. */
export function fenceAfter(text: string, before?: Fence): Fence | undefined {
  let fence = before;
  for (const line of text.split("\n")) {
    const [, mark, info = ""] = OPENING.exec(line.trimEnd()) ?? [];
    if (mark === undefined) continue;
    if (!fence) fence = { line: line.trim(), mark };
    else if (info.trim() === "" && mark.startsWith(fence.mark)) fence = undefined;
  }
  return fence;
}
