#!/usr/bin/env node
// The `lfz` executable: runs the TypeScript sources through tsx, so that a
// checkout works right after `npm ci`, without a build step.
import "tsx";

const { main } = await import("./cli.ts");
await main(process.argv.slice(2));
