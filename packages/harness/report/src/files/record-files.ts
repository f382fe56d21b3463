import { relative, sep } from "node:path";
import { type RunRecord, recordPath } from "@petl/results";

/** The address of each record of an output directory, relative to a report in the folder `target`. */
export function recordFiles(
  directory: string,
  records: readonly RunRecord[],
  target: string,
): (readonly [RunRecord, string])[] {
  return records.map((record) => {
    const path = relative(target, recordPath(directory, record.id));
    return [record, path.split(sep).map(encodeURIComponent).join("/")] as const;
  });
}
