/**
 * Text of a reply as DOM nodes: paragraphs, `inline code` and code blocks.
 *
 * Builds nodes and sets their text, so nothing a model or a person writes can
 * ever become markup. A code block that is not closed yet counts as one: a
 * reply looks right while it is being written.
 */

const FENCE = /^```([\w+#.-]*)[^\S\n]*$/;

export function toNodes(text) {
  const nodes = [];
  let lines = [];
  let code; // set inside a block
  const endParagraphs = () => {
    const paragraphs = lines.join("\n").split(/\n{2,}/);
    for (const part of paragraphs) if (part.trim() !== "") nodes.push(toParagraph(part));
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
      endParagraphs();
      code = { language: fence[1] };
    }
  }
  if (code) endCode();
  else endParagraphs();
  return nodes;
}

function toParagraph(text) {
  const paragraph = document.createElement("p");
  // Every second part stood between backticks.
  const parts = text.replace(/^\n+|\n+$/g, "").split(/`([^`\n]+)`/);
  for (const [at, part] of parts.entries()) {
    if (at % 2 === 0) paragraph.append(part);
    else paragraph.append(elementOf("code", part));
  }
  return paragraph;
}

function toCodeBlock(text, language) {
  const block = document.createElement("pre");
  block.tabIndex = 0; // wide code scrolls, with the keyboard too
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", language ? `Code, ${language}` : "Code");
  block.append(elementOf("code", text));
  return block;
}

function elementOf(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
