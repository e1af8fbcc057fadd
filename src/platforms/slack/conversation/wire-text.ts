/**
 * What people write, as words: Slack sends mentions, links and three escaped
 * signs in a notation of its own.
 */

const ENTITIES: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/**
 * `<@U1> see <https://example.org|the page> &amp; tell <!here>` becomes
 * `see the page & tell @here`, if U1 is the bot itself.
 */
export function wordsOf(text: string, botUserId: string): string {
  return text
    .replace(new RegExp(`<@${botUserId}(?:\\|[^>]*)?>\\s?`, "g"), "")
    .replace(/<([^<>]+)>/g, (_, inside: string) => wordOf(inside))
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .trim();
}

/** The same for commands, which read people and groups by their ids: `<@U1|ana>` becomes `U1`. */
export function commandOf(text: string, botUserId: string): string {
  const ids = text
    .replace(new RegExp(`<@${botUserId}(?:\\|[^>]*)?>\\s?`, "g"), "")
    .replace(/<(?:@|!subteam\^)([A-Z\d]+)(?:\|[^>]*)?>/g, "$1");
  return wordsOf(ids, botUserId);
}

/** For text that Slack reads in its own notation: everything stays what it says. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function wordOf(inside: string): string {
  const [target = "", label] = inside.split("|", 2);
  if (target.startsWith("@")) return `@${label ?? "someone"}`;
  if (target.startsWith("#")) return `#${label ?? "channel"}`;
  if (target.startsWith("!")) return label ?? `@${target.slice(1).split("^")[0]}`;
  return label ?? target.replace(/^mailto:/, "");
}
