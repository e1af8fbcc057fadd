/**
 * Which models have seen the words of a person, and where a clean one could
 * begin. Experiments say it themselves (`lineage.json`); versions are
 * experiments, wherever their folder lies.
 */

import { basename, dirname, join } from "node:path";

import type { TaughtModel, TaughtModels } from "../chat/taught-models.ts";
import { listExperiments } from "../core/experiment/experiments.ts";
import { ancestryOf, lineageOf } from "../core/experiment/lineage.ts";
import type { Registry } from "./registry.ts";

export interface LineageParts {
  /** The folder of experiments. */
  readonly root: string;
  readonly registry: Pick<Registry, "versions" | "champions" | "trial">;
}

export function taughtModels({ root, registry }: LineageParts): TaughtModels {
  return {
    async taughtBy(person) {
      const serving = new Set([registry.champions[0]?.name, registry.trial?.name]);
      const found: TaughtModel[] = [];
      for (const place of await placesOf(root, registry)) {
        const { authors } = await lineageOf(place.root, place.name);
        if (!authors.includes(person)) continue;
        const name = await cleanBaseOf(place.root, place.name, person);
        const clean = name === undefined ? undefined : { name, folder: join(place.root, name) };
        found.push({ name: place.name, isServing: serving.has(place.name), clean });
      }
      return found;
    },
  };
}

/** The nearest ancestor of an experiment that has seen nothing of a person; nothing if none of those here has not. */
export async function cleanBaseOf(
  root: string,
  name: string,
  person: string,
): Promise<string | undefined> {
  const { ancestors } = await ancestryOf(root, name);
  for (const ancestor of ancestors) {
    const { authors } = await lineageOf(root, ancestor.name);
    if (!authors.includes(person)) return ancestor.name;
  }
  return undefined;
}

interface Place {
  readonly root: string;
  readonly name: string;
}

/** Experiments, those still running among them, and versions that lie elsewhere. */
async function placesOf(root: string, { versions }: LineageParts["registry"]): Promise<Place[]> {
  const experiments = await listExperiments(root);
  const names = new Set(experiments.map(({ name }) => name));
  const elsewhere = versions.filter(({ name }) => !names.has(name));
  return [
    ...experiments.map(({ name }) => ({ root, name })),
    ...elsewhere.map(({ folder }) => ({ root: dirname(folder), name: basename(folder) })),
  ];
}
