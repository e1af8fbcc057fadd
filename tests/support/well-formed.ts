/**
 * A strict look at markup, stricter than a browser: every tag closed in order,
 * every attribute quoted, no stray `<` or `&`.
 */

const VOID = new Set(["meta", "br"]);
const TAG = /^<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/;
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/;

/** @throws Error naming the first thing that is wrong, with what stands there. */
export function requireWellFormed(text: string): void {
  const open: string[] = [];
  let rest = text.replace(/^<!doctype html>\n/, "");
  while (rest !== "") {
    if (!rest.startsWith("<")) {
      const end = rest.indexOf("<");
      const words = end < 0 ? rest : rest.slice(0, end);
      if (open.at(-1) !== "style" && ENTITY.test(words)) throw wrong("a stray &", words);
      if (open.length === 0 && words.trim() !== "") throw wrong("text outside", words);
      rest = rest.slice(words.length);
      continue;
    }
    const tag = TAG.exec(rest);
    if (!tag) throw wrong("no tag", rest);
    const [whole, closing, name = "", attributes = "", empty] = tag;
    if (ENTITY.test(attributes)) throw wrong("a stray &", attributes);
    if (closing) {
      if (open.pop() !== name) throw wrong("closed but not open", rest);
    } else if (!empty && !VOID.has(name)) open.push(name);
    rest = rest.slice(whole.length);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(" ")}`);
}

function wrong(what: string, where: string): Error {
  return new Error(`${what}: ${where.slice(0, 80)}`);
}
