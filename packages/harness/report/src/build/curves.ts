import type { RunRecord } from "@petl/results";
import type { Series, Task, TaskCurves } from "../model/model.js";
import { type Point, thin } from "../statistics/thin.js";
import { shownSeeds } from "./shown-seeds.js";
import { taskSpend } from "./spend.js";
import type { VariantRecords } from "./variants.js";

/** Loss and score over steps of the completed runs on `task`: at most five seeds of each variant, thinned but with every extreme. */
export function taskCurves(task: Task, variants: readonly VariantRecords[]): TaskCurves {
  const lines = (points: (record: RunRecord) => Point[]): Series[] =>
    variants.flatMap(({ variant, records }) =>
      records
        .filter(({ status, run }) => status === "completed" && run.task === task.name)
        .slice(0, shownSeeds(variants.length))
        .map((record) => ({ variant: variant.id, points: thin(points(record)) }))
        .filter((series) => series.points.length > 0),
    );
  return { ...task, loss: lines(lossPoints), score: lines(scorePoints), spend: taskSpend(task, variants) };
}

function lossPoints({ curve }: RunRecord): Point[] {
  return curve.flatMap(({ step, loss }) => (loss === null ? [] : [[step, loss] as const]));
}

function scorePoints({ scores }: RunRecord): Point[] {
  return (scores?.evaluations ?? []).map(({ step, score }) => [step, score] as const);
}
