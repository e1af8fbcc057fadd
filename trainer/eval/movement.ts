/** How far a fine-tuning has moved each weight from where it began. */

import type { Weights } from "../../src/core/model/parameters.ts";

export interface Movement {
  readonly name: string;
  /** ‖after − before‖ / ‖before‖; 0 means the same to the bit. */
  readonly change: number;
}

/** In the order of `before`. */
export function movementOf(before: Weights, after: Weights): Movement[] {
  return [...before].map(([name, start]) => ({ name, change: changeOf(start, after.get(name)!) }));
}

/** One line for people: what moved most, and how much stayed. */
export function movementText(movements: readonly Movement[]): string {
  const moved = movements.filter(({ change }) => change > 0).sort((a, b) => b.change - a.change);
  const stayed = movements.length - moved.length;
  const most = moved
    .slice(0, 3)
    .map(({ name, change }) => `${shortName(name)} by ${(change * 100).toPrecision(2)} %`);
  return (
    `moved ${moved.length} of ${movements.length} weights${most.length > 0 ? `, most of all ${most.join(", ")}` : ""}` +
    `; ${stayed} ${stayed === 1 ? "is" : "are"} the same to the bit`
  );
}

function changeOf(before: Float32Array, after: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < before.length; i++) {
    difference += (after[i] - before[i]) ** 2;
    size += before[i] ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

function shortName(name: string): string {
  return name.replace(/^model\./, "").replace(/\.weight$/, "");
}
