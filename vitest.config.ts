import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/**/*.slow.test.ts"],
    // Native sessions start threads of their own: one worker a core is plenty.
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
