/** Promotes two versions in turn until it is killed, and says which promotions are done. */

import { openRegistry } from "../../../src/retrain/open-registry.ts";
import { MACHINE } from "../../../src/retrain/audit.ts";
import { openHome } from "../../../src/state/home.ts";
import { createLog } from "../../../src/log.ts";

const [folder = ""] = process.argv.slice(2);
const log = createLog({
  stream: process.stderr,
  level: "warn",
  secrets: [],
  now: () => new Date(),
});
const { registry } = await openRegistry(await openHome(folder), { now: Date.now, log });
const versions = registry.champions;
for (let turn = 0; ;) {
  for (const version of versions) {
    await registry.promote(version, MACHINE, { why: `turn ${turn}` });
    process.stdout.write(`${turn++}\n`);
  }
}
