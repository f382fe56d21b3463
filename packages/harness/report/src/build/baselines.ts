import { type RunRecord, reportedScore } from "@petl/results";
import type { Baseline, BaselineScore } from "../model/baseline.js";
import { distinct } from "../statistics/statistics.js";
import { keepLatest } from "./keep-latest.js";
import { ofStage } from "./stages.js";

/** What no training scores on each task: the best constant answer, and the backbone as it was loaded. */
export function baselinesOf(records: readonly RunRecord[], tasks: readonly string[]): Baseline[] {
  const untouched = keepLatest(ofStage(records, "baseline"), ({ run }) => run.task).kept.filter(
    ({ status }) => status === "completed",
  );
  const scored = [...ofStage(records, "final"), ...untouched];
  const constants = tasks.flatMap((task) => constantOn(task, scored));
  const backbone = tasks.flatMap((task) => untouchedOn(task, untouched));
  return [
    {
      ...{ kind: "constant", label: "Constant answer", scores: constants },
      absent: constants.length > 0 ? null : "these runs were made before it was worked out",
    },
    {
      ...{ kind: "untouched", label: "Untouched backbone", scores: backbone },
      absent: backbone.length > 0 ? null : whyUntouchedLacks(records),
    },
  ];
}

/** Runs of a group are scored on the same examples, so that all of them have the same constant. */
function constantOn(task: string, records: readonly RunRecord[]): BaselineScore[] {
  const own = records.filter(({ run }) => run.task === task).map(({ scores }) => scores?.constant ?? null);
  const constants = own.filter((constant) => constant !== null);
  if (constants.length === 0) return [];
  const highest = constants.reduce((one, other) => (other.score > one.score ? other : one));
  return [{ task, score: highest.score, interval: null, answer: highest.answer }];
}

function untouchedOn(task: string, records: readonly RunRecord[]): BaselineScore[] {
  return records.flatMap((record) => {
    const reported = record.run.task === task ? reportedScore(record) : null;
    return reported === null ? [] : [{ task, score: reported.score, interval: reported.interval, answer: null }];
  });
}

function whyUntouchedLacks(records: readonly RunRecord[]): string {
  if (records.some(({ counts }) => counts !== null && counts.headParams > 0))
    return "the backbone answers through a head that only training makes";
  const states = distinct(ofStage(records, "baseline").map(({ status }) => status));
  return states.length === 0 ? "it was not run" : `its runs ${states.join(" or ")}`;
}
