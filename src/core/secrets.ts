/**
 * Cuts secrets out of text that somebody will read.
 *
 * Our own are known by value; those of others by what they look like, because
 * they come in through error messages, addresses and headers of the services
 * that we talk to.
 */

const CUT = "…";

/** What tokens look like; the first group, where there is one, stays. */
const SHAPES: readonly RegExp[] = [
  /xox[a-z](?:\.xox[a-z])?-[\w-]{4,}/g, // Slack: of bots, people, refreshing
  /xapp-[\w-]{4,}/g, // Slack: of apps
  /[\w-]{22,30}\.[\w-]{6,7}\.[\w-]{25,}/g, // Discord: id, time, signature
  /((?:\/|%2F)(?:webhooks|interactions)(?:\/|%2F)\d+(?:\/|%2F))[\w-]{20,}/gi, // Discord: whoever has it may answer
  /(hooks\.slack\.com(?:\/|%2F))[\w/%.-]+/gi, // Slack: the same
  /((?:Bearer|Basic)(?:\s|%20|\+)+)[\w.~+/%=-]{4,}/gi,
  /([?&](?:ticket|token|code|secret|client_secret|access_token|api_key)=)[^&\s"'<>]+/gi,
];

/** A function from text to the same text without the `secrets`, in whichever form they stand there, and without other tokens. */
export function redactorOf(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return (text) =>
    SHAPES.reduce(
      (cut, shape) => cut.replace(shape, (_, kept: unknown) => keptOf(kept) + CUT),
      forms.reduce((cut, form) => cut.replaceAll(form, CUT), text),
    );
}

/** As it is, as it stands in an address, in a form, in JSON. */
function formsOf(secret: string): string[] {
  if (secret === "") return [];
  const encoded = encodeURIComponent(secret);
  const inForm = new URLSearchParams({ secret }).toString().slice("secret=".length);
  const lowercase = encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [secret, encoded, lowercase, inForm, JSON.stringify(secret).slice(1, -1)];
}

/** Where a shape has no group, the second argument of a replacer is the offset. */
function keptOf(group: unknown): string {
  return typeof group === "string" ? group : "";
}
