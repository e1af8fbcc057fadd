#!/usr/bin/env node
// The `lfz` executable: runs the sources as they are, so that a checkout works
// right after `npm ci`, without a build step.
import "./core/typescript.js";

const { main } = await import("./cli.ts");
await main(process.argv.slice(2));
