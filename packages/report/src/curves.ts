import type { RunRecord } from "@petl/results";
import type { Series, Task, TaskCurves } from "./model.js";
import { taskSpend } from "./spend.js";
import { groupBy, meanOf } from "./statistics.js";
import type { VariantRecords } from "./variants.js";

const maxPoints = 160;
/** More lines of one colour tell a reader nothing more. */
const maxSeeds = 5;
type Point = readonly [step: number, value: number];

/** Loss and score over steps of the completed runs on `task` (at most five seeds a variant), thinned so that each line keeps its extremes. */
export function taskCurves(task: Task, variants: readonly VariantRecords[]): TaskCurves {
  const lines = (points: (record: RunRecord) => Point[]): Series[] =>
    variants.flatMap(({ variant, records }) =>
      records
        .filter(({ status, run }) => status === "completed" && run.task === task.name)
        .slice(0, maxSeeds)
        .map((record) => ({ variant: variant.id, points: thin(points(record)) }))
        .filter((series) => series.points.length > 0),
    );
  return { ...task, loss: lines(lossPoints), score: lines(scorePoints), spend: taskSpend(task, variants) };
}

function lossPoints({ curve }: RunRecord): Point[] {
  return curve.flatMap(({ step, loss }) => (loss === null ? [] : [[step, loss] as const]));
}

/** Splits evaluated at the same step (MNLI matched and mismatched) make one point, their mean. */
function scorePoints({ scores }: RunRecord): Point[] {
  const bySteps = groupBy(scores?.evaluations ?? [], ({ step }) => String(step));
  return [...bySteps].map(([step, list]) => [Number(step), meanOf(list.map(({ score }) => score))!] as const);
}

/** At most `maxPoints` points: the lowest and the highest of each stretch, and both ends. */
export function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= maxPoints) return points;
  const stretch = Math.ceil(points.length / ((maxPoints - 2) / 2));
  const kept = new Set([0, points.length - 1]);
  for (let from = 0; from < points.length; from += stretch) {
    let low = from;
    let high = from;
    for (let index = from; index < Math.min(from + stretch, points.length); index++) {
      if (points[index]![1] < points[low]![1]) low = index;
      if (points[index]![1] > points[high]![1]) high = index;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b).map((index) => points[index]!);
}
