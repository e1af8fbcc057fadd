/** Foreign text inside Markdown: shown as it is, never obeyed, and readable back. */

const SPECIAL = /[\\`*_[\]<>&|#~]/g;
const ESCAPED = /\\([\\`*_[\]<>&|#~])/g;

export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, "\\$&");
}

export function unescapeMarkdown(text: string): string {
  return text.replace(ESCAPED, "$1");
}

/** One line for a table cell or a heading. */
export function toMarkdownLine(text: string): string {
  return escapeMarkdown(text).replace(/\s+/g, " ").trim();
}
