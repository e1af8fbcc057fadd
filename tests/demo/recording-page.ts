/** A recording as one HTML file: no script, no font, nothing that is fetched. */

import type { Entry, Recording, Scene } from "./recording.ts";

/** So many entries of a scene stand open; the rest can be unfolded. */
const SHOWN = 12;

export function toPage({ scenes }: Recording, { title, about }: { title: string; about: string }) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<main>
<header><h1>${escaped(title)}</h1><p>${inline(about)}</p></header>
${scenes.map(sceneOf).join("\n")}
</main>
</html>
`;
}

function sceneOf({ title, about, entries }: Scene, index: number): string {
  const [shown, folded] = [entries.slice(0, SHOWN), entries.slice(SHOWN)];
  const rest =
    folded.length > 0
      ? `<details><summary>${folded.length} more like these</summary>${folded.map(entryOf).join("")}</details>`
      : "";
  return `<section><h2><span>${index + 1}</span>${escaped(title)}</h2><p>${inline(about)}</p>${shown.map(entryOf).join("")}${rest}</section>`;
}

function entryOf({ service, who, kind, text, png }: Entry): string {
  const isBot = kind === "replied" || kind === "told" || kind === "card";
  const note = kind === "told" ? `<small>only they see this</small>` : "";
  const image = png
    ? `<img alt="loss of the training, step by step" src="data:image/png;base64,${Buffer.from(png).toString("base64")}">`
    : "";
  return `<article class="${service.toLowerCase()} ${kind} ${isBot ? "bot" : "person"}">
<header><b>${escaped(who)}</b><i>${service}</i>${note}</header><div>${paragraphs(text)}${image}</div></article>`;
}

/** The little Markdown that the bot writes: paragraphs, quotes, bold, code, and blocks of fixed width. */
function paragraphs(text: string): string {
  return text
    .split("```")
    .map((part, index) => (index % 2 === 1 ? fixedWidth(part) : flowing(part)))
    .join("");
}

function fixedWidth(text: string): string {
  return `<pre>${escaped(text.replace(/^\w*\n/, "").trimEnd())}</pre>`;
}

function flowing(text: string): string {
  return text
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== "")
    .map((block) => `<p>${block.trim().split("\n").map(inline).join("<br>")}</p>`)
    .join("");
}

function inline(line: string): string {
  return escaped(line)
    .replace(/^&gt; (.*)$/, "<q>$1</q>")
    .replace(/^-# /, "")
    .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/`([^`]+)`/g, "<code>$1</code>");
}

function escaped(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

const STYLE = `
:root{color-scheme:light dark;--back:#f6f5f2;--paper:#fff;--ink:#22201c;--soft:#6d675d;--line:#e3dfd6;--bot:#eef3ff;--discord:#5865f2;--slack:#a1306f;--accent:#b4552d}
@media(prefers-color-scheme:dark){:root{--back:#171614;--paper:#211f1c;--ink:#ece8e0;--soft:#a39c90;--line:#37332d;--bot:#222a3d;--discord:#8b95ff;--slack:#e58bbf;--accent:#f0a07a}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:48px 20px 96px}
h1{font-size:2rem;line-height:1.2;margin:0 0 8px}
main>header p,section>p{color:var(--soft);margin:0 0 20px}
section{margin-top:56px}
h2{font-size:1.25rem;margin:0 0 4px;display:flex;gap:12px;align-items:baseline}
h2 span{color:var(--accent);font-variant-numeric:tabular-nums}
article{background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--discord);border-radius:10px;padding:10px 14px;margin:10px 0}
article.slack{border-left-color:var(--slack)}
article.bot{background:var(--bot);margin-left:32px}
article header{display:flex;gap:8px;align-items:baseline;font-size:.85rem}
article i{font-style:normal;color:var(--discord)}article.slack i{color:var(--slack)}
article small{color:var(--soft);margin-left:auto}
article p{margin:4px 0;overflow-wrap:anywhere}
article.command p,article.deed p{font-family:ui-monospace,monospace;font-size:.9rem}
article.card{border-style:solid;border-width:1px 1px 1px 4px;box-shadow:0 2px 10px #0001}
q{quotes:none;border-left:3px solid var(--line);padding-left:8px;color:var(--soft)}
code,pre{font-family:ui-monospace,monospace;font-size:.88em}
pre{overflow-x:auto;margin:8px 0;padding:8px 10px;border-radius:8px;background:#0000000d;font-size:.78rem;line-height:1.45}
img{display:block;max-width:100%;border-radius:8px;margin-top:8px}
summary{cursor:pointer;color:var(--soft);margin:8px 0 8px 32px}
@media(max-width:480px){article.bot{margin-left:12px}main{padding-top:28px}}
`;
