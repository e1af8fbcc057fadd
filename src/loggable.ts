/**
 * Any value as plain data for a line of the log.
 *
 * Errors of SDKs hang on requests, sockets and themselves, and carry headers.
 * They are followed only so deep, never in circles; their own words, stack and
 * causes stay; secrets go, also where they are the name of something.
 */

const DEEPEST = 8;
const MOST_ITEMS = 100;

/** Whatever a service calls it, what stands under such a name is nobody's business. */
const SECRET_NAME =
  /^(?:set-)?cookie$|authorization$|token$|secret$|password$|signature$|api[-_]?key$/i;

type Redact = (text: string) => string;

export function toLoggable(value: unknown, redact: Redact): unknown {
  return plain(value, redact, []);
}

function plain(value: unknown, redact: Redact, above: readonly object[]): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "(itself)";
  if (above.length >= DEEPEST) return "(deeper)";
  const inside = [...above, value];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redact(value.href);
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, MOST_ITEMS).map((item: unknown) => plain(item, redact, inside));
  }
  return Object.fromEntries(
    entriesOf(value).map(([name, item]) => [
      redact(name),
      typeof item === "string" && SECRET_NAME.test(name) ? "…" : plain(item, redact, inside),
    ]),
  );
}

/** JSON would drop the words of an error, and the entries of a map. */
function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item]);
  const own = Object.entries(value).slice(0, MOST_ITEMS);
  if (!(value instanceof Error)) return own;
  const { name, message, stack, cause } = value;
  const errors = value instanceof AggregateError ? { errors: value.errors as unknown[] } : {};
  return Object.entries({
    name,
    message,
    stack,
    ...(cause !== undefined && { cause }),
    ...errors,
    ...Object.fromEntries(own),
  });
}
