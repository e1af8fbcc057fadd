/** Where the time of a graph goes: ONNX Runtime's trace, summed by operator. */

import { readFile } from "node:fs/promises";

import { z } from "zod";

export interface OperatorTime {
  readonly operator: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the time of all operators. */
  readonly share: number;
}

const Event = z.looseObject({
  cat: z.string(),
  name: z.string(),
  /** Microseconds. */
  dur: z.number().optional(),
  args: z.looseObject({ op_name: z.string().optional() }).optional(),
});

/** The longest first. `path` is what `Session.endProfiling` answered. */
export async function readProfile(path: string): Promise<OperatorTime[]> {
  return sumByOperator(z.array(Event).parse(JSON.parse(await readFile(path, "utf8"))));
}

function sumByOperator(events: readonly z.infer<typeof Event>[]): OperatorTime[] {
  const sums = new Map<string, { calls: number; microseconds: number }>();
  for (const { cat, name, dur = 0, args } of events) {
    if (cat !== "Node" || !name.endsWith("_kernel_time") || !args?.op_name) continue;
    const sum = sums.get(args.op_name) ?? { calls: 0, microseconds: 0 };
    sums.set(args.op_name, { calls: sum.calls + 1, microseconds: sum.microseconds + dur });
  }
  const total = [...sums.values()].reduce((all, { microseconds }) => all + microseconds, 0);
  return [...sums]
    .map(([operator, { calls, microseconds }]) => ({
      operator,
      calls,
      milliseconds: microseconds / 1000,
      share: microseconds / total,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
