/** Where the time of a training step goes: ONNX Runtime's trace, summed by operator and by part of the model. */

import { readFile } from "node:fs/promises";

import { z } from "zod";

import { BACKWARD } from "../autograd/tape.ts";

/** Of all operators together, forward and backward. */
interface Times {
  readonly milliseconds: number;
  readonly share: number;
}

export interface OperatorTime extends Times {
  readonly operator: string;
  readonly calls: number;
}

export interface PartTime extends Times {
  /** As the transformer calls it. */
  readonly part: string;
  readonly forward: number;
  readonly backward: number;
}

export interface Profile {
  /** The longest first. */
  readonly operators: readonly OperatorTime[];
  readonly parts: readonly PartTime[];
}

const Event = z.looseObject({
  cat: z.string(),
  name: z.string(),
  /** Microseconds. */
  dur: z.number().optional(),
  args: z.looseObject({ op_name: z.string().optional() }).optional(),
});

interface Call {
  readonly operator: string;
  readonly part: string;
  readonly isBackward: boolean;
  readonly milliseconds: number;
}

const KERNEL = "_kernel_time";
/** Nodes that ONNX Runtime has made or renamed. */
const NOWHERE = "other";

/** `path` is what `Session.endProfiling` answered. */
export async function readProfile(path: string): Promise<Profile> {
  const events = z.array(Event).parse(JSON.parse(await readFile(path, "utf8")));
  const calls = events.flatMap(callOf);
  const total = sumOf(calls);
  const times = (some: readonly Call[]): Times => {
    const milliseconds = sumOf(some);
    return { milliseconds, share: milliseconds / total };
  };
  return {
    operators: groupBy(calls, ({ operator }) => operator)
      .map(([operator, some]) => ({ operator, calls: some.length, ...times(some) }))
      .sort(longestFirst),
    parts: groupBy(calls, ({ part }) => part)
      .map(([part, some]) => {
        const backward = sumOf(some.filter(({ isBackward }) => isBackward));
        return { part, ...times(some), forward: sumOf(some) - backward, backward };
      })
      .sort(longestFirst),
  };
}

/** One run of one node. Its name begins with the part it belongs to, then perhaps the direction. */
function callOf({ cat, name, dur = 0, args }: z.infer<typeof Event>): Call[] {
  if (cat !== "Node" || !name.endsWith(KERNEL) || !args?.op_name) return [];
  const [part, direction] = name.split("/");
  const isNamed = name.includes("/");
  return [
    {
      operator: args.op_name,
      part: isNamed ? part : NOWHERE,
      isBackward: direction === BACKWARD,
      milliseconds: dur / 1000,
    },
  ];
}

function sumOf(calls: readonly Call[]): number {
  return calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups];
}

function longestFirst(a: Times, b: Times): number {
  return b.milliseconds - a.milliseconds;
}
