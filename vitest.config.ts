import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Rooms and packages whose tests open no device and count no tensors: their files share a process, which imports what they need once. */
const sharing = [
  "packages/core/{checkpoint,files,hub,network,settings,spec,weight-formats}",
  "packages/harness/{cluster,presets,report,results,tracking,watch}",
  "packages/tasks/*",
].map((folder) => `${folder}/test/**/*.test.ts`);

/** Files with a process each first: those that share one are short and fill the end, and are together so that processes go on. */
class SharingLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const shares = ({ project }: TestSpecification) => project.config.isolate === false;
    return [...sorted.filter((file) => !shares(file)), ...sorted.filter(shares)];
  }
}

// Tests read the sources through the "source" export condition; only child processes run the built files.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  test: {
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: "forks",
    maxWorkers: "100%", // many tests wait for child processes
    sequence: { sequencer: SharingLast },
    projects: [
      {
        extends: true,
        test: {
          name: "apart",
          include: ["packages/*/*/test/**/*.test.ts", "scripts/**/*.test.ts", "benchmarks/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...sharing],
        },
      },
      { extends: true, test: { name: "sharing", include: sharing, isolate: false } },
    ],
  },
});
