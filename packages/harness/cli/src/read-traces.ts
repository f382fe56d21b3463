import { existsSync } from "node:fs";
import { join } from "node:path";
import { powerReadings, readTraceCsv } from "@petl/meter";
import type { RunTrace } from "@petl/report";
import type { RunRecord } from "@petl/results";

/** The traces that lie beside the records of one output directory; one that cannot be read is named to `onProblem`. */
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
      const trace = await readTraceCsv(file);
      const power = powerReadings(trace).value?.readings ?? [];
      traces.set(record, {
        powerW: power.map(({ atS, powerW }) => [atS, powerW] as const),
        memoryBytes: trace.samples.flatMap(({ atS, memoryUsedBytes }) =>
          memoryUsedBytes === null ? [] : [[atS, memoryUsedBytes] as const],
        ),
        windows: record.windows.map(({ name, fromS, toS }) => ({ name, fromS, toS })),
      });
    } catch (error) {
      onProblem((error as Error).message);
    }
  }
  return traces;
}
