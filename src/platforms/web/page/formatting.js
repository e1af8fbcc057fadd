/**
 * Text of a reply as DOM nodes: paragraphs, lists, quotes, `inline code`,
 * **emphasis** and code blocks.
 *
 * Builds nodes and sets their text, so nothing a model or a person writes can
 * ever become markup. A code block that is not closed yet counts as one: a
 * reply looks right while it is being written.
 */

import { elementOf } from "./dom.js";

const FENCE = /^```([\w+#.-]*)[^\S\n]*$/;
const ITEM = /^\s*[-*•]\s+(?=\S)/;
const QUOTE = /^>\s?/;
const INLINE = /`([^`\n]+)`|\*\*(\S(?:[^*\n]*\S)?)\*\*|(?<!\w)_(\S(?:[^_\n]*\S)?)_(?!\w)/g;
const INLINE_NAMES = ["code", "strong", "em"];

export function toNodes(text) {
  const nodes = [];
  let lines = [];
  let code; // set inside a block
  const endText = () => {
    nodes.push(...toBlocks(lines));
    lines = [];
  };
  const endCode = () => {
    nodes.push(toCodeBlock(lines.join("\n"), code.language));
    lines = [];
    code = undefined;
  };
  for (const line of text.split("\n")) {
    const fence = FENCE.exec(line.trim());
    if (!fence) lines.push(line);
    else if (code) endCode();
    else {
      endText();
      code = { language: fence[1] };
    }
  }
  if (code) endCode();
  else endText();
  return nodes;
}

/** Lines of one kind that stand together are one block. */
function toBlocks(lines) {
  const blocks = [];
  let run = [];
  for (const [at, line] of lines.entries()) {
    run.push(line);
    if (kindOf(line) === kindOf(lines[at + 1])) continue;
    blocks.push(...toBlock(kindOf(line), run));
    run = [];
  }
  return blocks;
}

function kindOf(line) {
  if (line === undefined) return "end";
  if (line.trim() === "") return "blank";
  if (ITEM.test(line)) return "list";
  return QUOTE.test(line) ? "quote" : "text";
}

function toBlock(kind, lines) {
  switch (kind) {
    case "list":
      return [
        elementOf(
          "ul",
          "",
          ...lines.map((line) => elementOf("li", "", ...inlineOf(line.replace(ITEM, "")))),
        ),
      ];
    case "quote":
      return [
        elementOf("blockquote", "", paragraphOf(lines.map((line) => line.replace(QUOTE, "")))),
      ];
    case "text":
      return [paragraphOf(lines)];
    default:
      return [];
  }
}

function paragraphOf(lines) {
  return elementOf("p", "", ...inlineOf(lines.join("\n")));
}

function inlineOf(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const kind = match.slice(1).findIndex((content) => content !== undefined);
    nodes.push(text.slice(end, match.index), elementOf(INLINE_NAMES[kind], "", match[kind + 1]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}

function toCodeBlock(text, language) {
  const block = elementOf("pre", "", elementOf("code", "", text));
  block.tabIndex = 0; // wide code scrolls, with the keyboard too
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", language ? `Code, ${language}` : "Code");
  return block;
}
