/**
 * HTML and SVG that cannot be broken out of: every value that goes into a
 * template is escaped unless it is markup itself.
 *
 *   markup`<b>${"a < b"}</b>`   is   <b>a &lt; b</b>
 */

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = string | number | Markup | readonly Markup[];

export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const filled = parts.map((part, i) => textOf(part) + strings[i + 1]);
  return new Markup(strings[0] + filled.join(""));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// Characters that XML 1.0 cannot hold at all, lone surrogates included.
// oxlint-disable-next-line no-control-regex
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function escapeMarkup(text: string): string {
  return text.replace(IMPOSSIBLE, "\ufffd").replace(/[&<>"']/g, (char) => ENTITIES[char]);
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map((inner) => inner.text).join("");
  return escapeMarkup(String(part));
}
