/** What the command line needs to know of a flag's zod schema: its kind, its default, its words. */

import { z } from "zod";

export type FlagKind = "boolean" | "array" | "number" | "text";

export function kindOf(schema: z.ZodType): FlagKind {
  const inner = innermost(schema);
  if (inner instanceof z.ZodBoolean) return "boolean";
  if (inner instanceof z.ZodArray) return "array";
  return inner instanceof z.ZodNumber ? "number" : "text";
}

/** The words that an enum takes; none for other schemas. */
export function choicesOf(schema: z.ZodType): readonly string[] {
  const inner = innermost(schema);
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

/** The description nearest to the outside. */
export function descriptionOf(schema: z.ZodType): string {
  for (let current: z.ZodType | undefined = schema; current; current = innerOf(current)) {
    if (current.description) return current.description;
  }
  return "";
}

/** The default as a person would type it; empty where there is none worth showing. */
export function defaultWordOf(schema: z.ZodType): string {
  for (let current: z.ZodType | undefined = schema; current; current = innerOf(current)) {
    if (!(current instanceof z.ZodDefault || current instanceof z.ZodPrefault)) continue;
    const value: unknown = current.def.defaultValue;
    if (value === false) return "";
    return Array.isArray(value) ? value.join(" ") : String(value);
  }
  return "";
}

/** `maxTokens` is `--max-tokens`. */
export function toKebab(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function toCamel(kebab: string): string {
  return kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function innermost(schema: z.ZodType): z.ZodType {
  const inner = innerOf(schema);
  return inner ? innermost(inner) : schema;
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return schema.unwrap() as z.ZodType; // zod types it as its core's type
  }
  return schema instanceof z.ZodPipe ? (schema.in as z.ZodType) : undefined;
}
