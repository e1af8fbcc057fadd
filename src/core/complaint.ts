/** zod's complaint in the words of somebody at a keyboard. */

import type { z } from "zod";

/** What a value must be, without the value: `must be at least 8`. */
export function complaintOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.expected === "int") return "must be a whole number";
      if (issue.expected === "tuple") return "must be values with commas between them";
      return issue.expected === "number" ? "must be a number" : issue.message;
    case "too_small":
      if (issue.origin === "array") return `must have at least ${countOf(issue.minimum)}`;
      if (issue.origin !== "number" && issue.origin !== "int") return issue.message;
      return `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "array") return `must have at most ${countOf(issue.maximum)}`;
      if (issue.origin !== "number" && issue.origin !== "int") return issue.message;
      return `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    default:
      return issue.message;
  }
}

/** Every complaint about a record, each with its key and the value given: `context 0: must be at least 8`. */
export function complaintsOf(error: z.ZodError, input: unknown): string {
  return error.issues
    .map((issue) => {
      const key = issue.path.join(".");
      const value = valueAt(input, issue.path);
      if (key === "") return complaintOf(issue);
      if (value === undefined) return `${key} is missing`;
      return `${key} ${JSON.stringify(value)}: ${complaintOf(issue)}`;
    })
    .join("; ");
}

function countOf(values: number | bigint): string {
  return `${values} ${values === 1 ? "value" : "values"}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (record, key) =>
      typeof record === "object" && record !== null ? Reflect.get(record, key) : undefined,
    input,
  );
}
