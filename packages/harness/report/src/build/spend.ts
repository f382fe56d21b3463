import type { EpochCost, RunRecord } from "@petl/results";
import type { Series, Spend, Task } from "../model/model.js";
import { meanOf, present } from "../statistics/statistics.js";
import { shownSeeds } from "./shown-seeds.js";
import type { VariantRecords } from "./variants.js";

type Cost = (epoch: EpochCost) => number | null;
type Point = readonly [spent: number, score: number];

const trainTime: Cost = ({ trainTimeS }) => trainTimeS;
const trainEnergy: Cost = ({ trainGrossJ }) => trainGrossJ;

/** What training had cost after each epoch, evaluations left out, and the score then; nothing for runs of one epoch. */
function spendPoints({ epochs, scores }: RunRecord, cost: Cost): Point[] {
  const points: Point[] = [];
  let spent = 0;
  for (const each of epochs ?? []) {
    const own = cost(each);
    if (own === null) return [];
    spent += own;
    const evaluation = scores?.evaluations.findLast(({ epoch }) => epoch === each.epoch);
    if (evaluation !== undefined) points.push([spent, evaluation.score]);
  }
  return points.length > 1 ? points : [];
}

const completed = (records: readonly RunRecord[], task: string): RunRecord[] =>
  records.filter(({ status, run }) => status === "completed" && run.task === task);

/** A line a run of one task, at most five seeds a variant. */
export function taskSpend({ name }: Task, variants: readonly VariantRecords[]): Spend {
  const lines = (cost: Cost): Series[] =>
    variants.flatMap(({ variant, records }) =>
      completed(records, name)
        .slice(0, shownSeeds(variants.length))
        .map((record) => ({ variant: variant.id, points: spendPoints(record, cost) }))
        .filter(({ points }) => points.length > 0),
    );
  return { time: lines(trainTime), energy: lines(trainEnergy) };
}

/**
 * A line a variant over the common tasks: after each epoch, the sum over tasks of the mean cost over seeds, and the mean of
 * the tasks' mean scores. Only for variants whose runs all have the same number of epochs.
 */
export function meanSpend(tasks: readonly string[], variants: readonly VariantRecords[]): Spend {
  const lines = (cost: Cost): Series[] =>
    variants.flatMap(({ variant, records }) => {
      const byTask = tasks.map((task) => completed(records, task).map((record) => spendPoints(record, cost)));
      const lengths = new Set(byTask.flat().map(({ length }) => length));
      const [length = 0] = lengths;
      if (lengths.size !== 1 || length < 2) return [];
      const points = Array.from({ length }, (_, epoch): Point => {
        const at = (part: 0 | 1) => present(byTask.map((runs) => meanOf(runs.map((points) => points[epoch]![part]))));
        return [at(0).reduce((sum, value) => sum + value, 0), meanOf(at(1))!];
      });
      return [{ variant: variant.id, points }];
    });
  return { time: lines(trainTime), energy: lines(trainEnergy) };
}
