/** What a device leaves to the CPU, said aloud; the matrix products it must compute itself. */

import type { Console } from "../../src/core/cli/console.ts";
import { EXIT_FAILURE, HintedError } from "../../src/core/errors.ts";
import type { Runtime, Session } from "../../src/core/onnxruntime/runtime.ts";

const PRODUCTS: readonly string[] = ["Gemm", "MatMul", "FusedMatMul"];

/** @throws HintedError if matrix products, which are the work, would run on the CPU after all. */
export function noteDevice(
  { device }: Pick<Runtime, "device">,
  sessions: readonly Pick<Session, "leftToCpu">[],
  console: Pick<Console, "note">,
): void {
  if (device === "cpu") return;
  const left = sum(sessions.map((session) => session.leftToCpu ?? new Map<string, number>()));
  const products = PRODUCTS.filter((name) => left.has(name));
  if (products.length > 0) {
    throw new HintedError(`${device} leaves matrix products to the CPU: ${products.join(", ")}.`, {
      hint: "It would be slower than the CPU alone: leave --device out.",
      exitCode: EXIT_FAILURE,
    });
  }
  const rest = [...left].map(([operator, count]) => `${count} ${operator}`).join(", ");
  console.note(`Computing on ${device}${rest && `; the CPU does what it lacks: ${rest}`}.`);
}

function sum(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const [name, count] of counts.flatMap((map) => [...map])) {
    total.set(name, (total.get(name) ?? 0) + count);
  }
  return total;
}
