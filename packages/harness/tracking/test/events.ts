import type { BenchEvent, PlannedRun } from "@petl/bench";
import { syntheticRecord } from "../../results/test/record-factory.js";

/** What every tracker is told. */
export const suite = { name: "ranks", backbone: "mini", out: "/nowhere" };
export const run = {
  ...{ id: "alpha-sst2-0-0a1b2c", slot: "alpha", config: { rank: 4 }, seed: 0, stage: "final", trial: null },
  ...{ method: { name: "alpha" }, task: { name: "sst2" }, identity: { device: { name: "cpu" } } },
  ...{ settings: { learningRate: 0.001, seed: 0 }, options: { limit: 64 } },
} as unknown as PlannedRun;

/** A run from its beginning to its end, with a loss at each step from the first. */
export function events(losses: readonly number[], record = syntheticRecord()): BenchEvent[] {
  const steps = losses.map((loss, at): BenchEvent => {
    const event = { type: "step", step: at + 1, loss, learningRate: 0.001 } as never;
    return { type: "run-event", run, event };
  });
  return [{ type: "run-begin", run, index: 1, total: 1 }, ...steps, { type: "run-end", run, record }];
}
