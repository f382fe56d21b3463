import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "../bench-command.js";

const injector = pathToFileURL(fileURLToPath(new URL("injector.mjs", import.meta.url))).href;

/** Whose clock, by how many seconds, after how many seconds of that process. */
const steps: readonly (readonly [title: string, clock: string])[] = [
  ["an hour forward in the middle of a run", "run:3600:0.8"],
  ["an hour back in the middle of a run", "run:-3600:0.8"],
  ["an hour forward in the bench while it runs", "bench:3600:2"],
  ["an hour forward between the bench's start and the run's", "run:3600:0"],
  ["an hour back between the bench's start and the run's", "run:-3600:0"],
];

test.for(steps)(
  "the clock set %s leaves every time right, or null with its reason",
  { timeout: 240_000 },
  async ([, clock]) => {
    const directory = temporaryDirectory();
    writeTasks(directory);
    const startedMs = performance.now();
    const { exitCode, stderr } = await startBench(
      [
        "glue",
        ...tiny,
        "--threads",
        "1",
        "--data",
        "glue",
        "--tasks",
        "sst2",
        "--methods",
        "bitfit",
        "--out",
        "out",
        "--quiet",
      ],
      directory,
      { NODE_OPTIONS: `--import ${injector}`, PETL_CLOCK: clock },
    );
    const wallS = (performance.now() - startedMs) / 1000;
    expect([exitCode, stderr]).toEqual([0, ""]);
    const [record] = (await readRecords(join(directory, "out"))).records;
    const { trainTimeS, evalTimeS, setupTimeS, stepMedianS } = record!.time!;
    for (const seconds of [trainTimeS, evalTimeS, setupTimeS, stepMedianS, ...record!.windows.map(lengthOf)])
      if (seconds !== null) expect(seconds).toSatisfy((value) => value >= 0 && value <= wallS);
  },
);

const lengthOf = ({ fromS, toS }: { readonly fromS: number; readonly toS: number }): number => toS - fromS;
