import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: "forks",
    // One more than the smallest machine has cores: many tests wait for timers and for other processes.
    maxWorkers: 3,
    // Tests never read the developer's own settings.
    env: { SVYAZ_NOW: "2026-11-20T09:00:00.000Z", NO_COLOR: "1" },
  },
});
