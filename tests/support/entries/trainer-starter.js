// Starts the stand-in for the trainer the way `lfz` starts the real one.
import "../../../src/core/typescript.js";

const { runTrainer } = await import("../../../src/trainer-process.ts");
process.exitCode = await runTrainer(
  process.argv.slice(2),
  new URL("./trainer.ts", import.meta.url),
);
