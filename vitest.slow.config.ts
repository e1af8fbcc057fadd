import { defineConfig } from "vitest/config";

/** Minutes instead of seconds: real trainings, big files. Run with `npm run test:slow`. */
export default defineConfig({
  test: { include: ["tests/**/*.slow.test.ts"], maxWorkers: 1, testTimeout: 600_000 },
});
