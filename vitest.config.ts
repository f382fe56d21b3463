import { defineConfig } from "vitest/config";

// Tests read the sources through the "source" export condition; only child processes run the built files.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  test: {
    include: ["packages/*/*/test/**/*.test.ts", "scripts/**/*.test.ts", "benchmarks/**/*.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: "forks",
    maxWorkers: "100%", // many tests wait for child processes
  },
});
