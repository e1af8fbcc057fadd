/**
 * What can go wrong between an app and Slack, on demand.
 *
 * A planned fault meets the next call of its method; the seeded share meets
 * any call. A held call waits until the test lets it go on.
 */

import { Random } from "../../../src/core/random.ts";
import { gate } from "../scripted-engine.ts";

export type Fault =
  | { readonly kind: "rate-limited"; readonly retryAfter: number }
  | { readonly kind: "server-error" }
  /** The call takes effect, and its answer is lost. */
  | { readonly kind: "server-error-after-write" }
  | { readonly kind: "dropped" }
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "held"; readonly until: Promise<void> };

export interface Faults {
  /** The next call of `method` meets this fault; several are met one after the other. */
  next(method: string, fault: Fault): void;
  /** Every call of `method` meets this fault from now on. */
  always(method: string, fault: Fault): void;
  /** The next call of `method` waits for the returned function to be called. */
  hold(method: string): () => void;
  /** A share of all calls fails from now on, the same ones for the same seed. */
  some(share: number, seed: number): void;
  /** What this call meets, if anything. */
  meet(method: string): Fault | undefined;
}

const KINDS: readonly Fault[] = [
  { kind: "server-error" },
  { kind: "dropped" },
  { kind: "rate-limited", retryAfter: 0 },
];

export function createFaults(): Faults {
  const planned = new Map<string, Fault[]>();
  const lasting = new Map<string, Fault>();
  let chance: { share: number; random: Random } | undefined;
  const next = (method: string, fault: Fault) => {
    planned.set(method, [...(planned.get(method) ?? []), fault]);
  };
  return {
    next,
    always: (method, fault) => void lasting.set(method, fault),
    hold(method) {
      const { opened, open } = gate();
      next(method, { kind: "held", until: opened });
      return () => open();
    },
    some(share, seed) {
      chance = { share, random: new Random(seed) };
    },
    meet(method) {
      const fault = planned.get(method)?.shift() ?? lasting.get(method);
      if (fault) return fault;
      if (!chance || chance.random.next() >= chance.share) return undefined;
      return KINDS[chance.random.below(KINDS.length)];
    },
  };
}
