/** From checks to a verdict, and both as people read them. */

import type { Check, Verdict } from "../../src/core/experiment/verdict.ts";
import type { Table } from "../eval/tables.ts";

export interface Findings {
  /** Where a candidate can prove that it is better. */
  readonly proofs: readonly Check[];
  /** Where it must only not be worse. */
  readonly safeguards: readonly Check[];
}

/** One check that is worse outweighs all that are better: what is learnt must not cost what was there. */
export function decide({ proofs, safeguards }: Findings): Pick<Verdict, "outcome" | "reason"> {
  const all = [...safeguards, ...proofs]; // words that harm say more to people than bits
  const [worst, ...others] = all.filter(({ outcome }) => outcome === "worse");
  if (worst) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : "";
    return { outcome: "loses", reason: `It is worse on ${inWords(worst)}${more}.` };
  }
  const won = proofs.find(({ outcome }) => outcome === "better");
  if (won) {
    return { outcome: "wins", reason: `It is better on ${inWords(won)}, and worse on nothing.` };
  }
  const unknown = proofs.filter(({ outcome }) => outcome === "unknown").length;
  const doubt = unknown > 0 ? `; ${unknown} of ${proofs.length} could not be told` : "";
  const reason = `Nothing is worse, and nothing that counts is better beyond chance${doubt}.`;
  return { outcome: "holds", reason };
}

function inWords({ name, champion, candidate, remark }: Check): string {
  const figures = `${name}: ${shown(champion)} before, ${shown(candidate)} now`;
  return remark === undefined ? figures : `${figures} (${remark})`;
}

export function verdictTable(checks: readonly Check[]): Table {
  return {
    head: ["Check", "champion", "candidate", "difference, 95 %", "outcome", "why"],
    rows: checks.map(({ name, champion, candidate, interval, outcome, remark = "" }) => [
      name,
      shown(champion),
      shown(candidate),
      interval ? `${signed(interval[0])} to ${signed(interval[1])}` : "",
      outcome,
      remark.replaceAll("\n", " "),
    ]),
  };
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return "-";
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 100 ? 3 : 0);
}

const signed = (value: number) => `${value < 0 ? "" : "+"}${shown(value)}`;
