import { type RunRecord, reportedScore } from "@petl/results";
import type { GroupRun, Task } from "../model/model.js";
import type { ReportOptions } from "../model/options.js";
import type { VariantRecords } from "./variants.js";

/** Every run of a group, tasks outermost, then variants and seeds. */
export function groupRuns(
  tasks: readonly Task[],
  variants: readonly VariantRecords[],
  files: NonNullable<ReportOptions["recordFiles"]>,
): GroupRun[] {
  return tasks.flatMap(({ name }) =>
    variants.flatMap(({ variant, records }) =>
      records
        .filter(({ run }) => run.task === name)
        .sort((a, b) => a.run.seed - b.run.seed)
        .map((record) => runOf(record, variant.id, files.get(record) ?? null)),
    ),
  );
}

function runOf(record: RunRecord, variant: string, address: string | null): GroupRun {
  const { run, status, time, memory, startedAt, environment, trace } = record;
  const sibling = (name: string) => address!.replace(/[^/]*$/, encodeURIComponent(name));
  return {
    ...{ variant, status, startedAt, task: run.task, seed: run.seed, commit: environment.commit },
    score: reportedScore(record)?.score ?? null,
    trainTimeS: time?.trainTimeS ?? null,
    peakTensorBytes: memory?.peakTensorBytes.training?.total ?? null,
    record: address,
    trace: address === null || trace == null ? null : sibling(trace.file),
  };
}
