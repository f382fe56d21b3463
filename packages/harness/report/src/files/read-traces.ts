import { existsSync } from "node:fs";
import { join } from "node:path";
import { readTraceCsv } from "@petl/meter";
import type { RunRecord } from "@petl/results";
import type { RunTrace } from "../model/trace.js";

/** The traces beside the records of one output directory; `onProblem` is told of each that cannot be read. */
export async function readTraces(
  directory: string,
  records: readonly RunRecord[],
  onProblem: (message: string) => void,
): Promise<Map<RunRecord, RunTrace>> {
  const traces = new Map<RunRecord, RunTrace>();
  for (const record of records) {
    const file = join(directory, "runs", `${record.id}.csv`);
    if (!existsSync(file)) continue;
    try {
      const { samples } = await readTraceCsv(file);
      traces.set(record, {
        powerW: samples.flatMap(({ atS, powerInstantW, powerDrawW, powerAverageW }) => {
          const powerW = powerInstantW ?? powerDrawW ?? powerAverageW;
          return powerW === null ? [] : [[atS, powerW] as const];
        }),
        memoryBytes: samples.flatMap(({ atS, memoryUsedBytes }) =>
          memoryUsedBytes === null ? [] : [[atS, memoryUsedBytes] as const],
        ),
        windows: (record.windows ?? []).map(({ name, fromS, toS }) => ({ name, fromS, toS })),
      });
    } catch (error) {
      onProblem((error as Error).message);
    }
  }
  return traces;
}
