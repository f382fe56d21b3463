import { ClusterError } from "../errors.js";
import { checkWholeNumber } from "../whole-number.js";

/** One array of a job: `count` tasks, whose index in Slurm plus `offset` is the index that is meant. */
export interface SlurmArray {
  readonly offset: number;
  /** Slurm's syntax, such as `1,5,7-9`, without the throttle `%K`. */
  readonly ranges: string;
  readonly count: number;
}

/** `MaxArraySize` where slurm.conf does not say otherwise. */
export const defaultMaxArraySize = 1001;

/**
 * Longest text of ranges, in characters. slurmctld refuses an `--array` above 4096 (`job_mgr.c`, since job arrays exist), with the
 * throttle `%K`, for which 16 are left.
 */
const longestRanges = 4080;

/** Non-negative integers in Slurm's syntax: ascending, each once, neighbours as a range (`1,5,7-9`). */
export function arrayRanges(indices: Iterable<number>): string {
  return runsOf(indices).map(rangeText).join(",");
}

/**
 * The arrays that cover `indices`, in ascending order.
 *
 * An index of Slurm is below `maxArraySize`, so those at or above it go to arrays with an `offset`, a multiple of `maxArraySize`. An
 * array whose ranges would be longer than Slurm accepts is split. @throws ClusterError E_JOB_INVALID for an index that is no
 * non-negative integer, and for a `maxArraySize` below 1, with which Slurm takes no arrays
 */
export function splitArrays(indices: Iterable<number>, maxArraySize: number = defaultMaxArraySize): SlurmArray[] {
  checkWholeNumber("MaxArraySize of Slurm", maxArraySize, 1, Number.MAX_SAFE_INTEGER);
  const arrays: SlurmArray[] = [];
  for (const run of runsOf(indices))
    for (const { first, last } of cut(run, maxArraySize)) {
      const offset = first - (first % maxArraySize);
      const added = {
        offset,
        ranges: rangeText({ first: first - offset, last: last - offset }),
        count: last - first + 1,
      };
      const array = arrays.at(-1);
      const joined = array === undefined ? null : join(array, added);
      if (joined === null) arrays.push(added);
      else arrays[arrays.length - 1] = joined;
    }
  return arrays;
}

/**
 * The indices of a text of ranges as Slurm prints it: `0-3,7`, steps (`0-998:2`), a throttle (`%2`), brackets around all.
 *
 * A part that is no range, as the one at which Slurm cut the text (`0,3,...`), is left out.
 */
export function expandRanges(text: string): number[] {
  const parts = text
    .replace(/^\[|\]$/g, "")
    .replace(/%\d+$/, "")
    .split(",");
  return parts.flatMap((part) => {
    const [, first, last = first, step = "1"] = /^(\d+)(?:-(\d+)(?::([1-9]\d*))?)?$/.exec(part) ?? [];
    if (Number(last) > largestIndex) return [];
    const length = Math.floor((Number(last) - Number(first)) / Number(step)) + 1;
    return first === undefined ? [] : Array.from({ length }, (_, index) => Number(first) + index * Number(step));
  });
}

/** One less than the largest `MaxArraySize` that Slurm knows. */
const largestIndex = 4_000_000;

interface Run {
  readonly first: number;
  readonly last: number;
}

function runsOf(indices: Iterable<number>): Run[] {
  const runs: Run[] = [];
  for (const index of [...new Set(indices)].sort((one, other) => one - other)) {
    if (!Number.isSafeInteger(index) || index < 0)
      throw new ClusterError("E_JOB_INVALID", `index of a run: expected an integer from 0, got ${index}`);
    const run = runs.at(-1);
    if (run?.last === index - 1) runs[runs.length - 1] = { first: run.first, last: index };
    else runs.push({ first: index, last: index });
  }
  return runs;
}

const rangeText = ({ first, last }: Run): string => (first === last ? `${first}` : `${first}-${last}`);

/** The run in pieces that end where an offset does. */
function cut({ first, last }: Run, maxArraySize: number): Run[] {
  const pieces: Run[] = [];
  for (let start = first; start <= last; ) {
    const end = Math.min(last, start - (start % maxArraySize) + maxArraySize - 1);
    pieces.push({ first: start, last: end });
    start = end + 1;
  }
  return pieces;
}

/** Both arrays as one; null where their offsets differ or the text would be too long. */
function join(array: SlurmArray, added: SlurmArray): SlurmArray | null {
  const ranges = `${array.ranges},${added.ranges}`;
  if (array.offset !== added.offset || ranges.length > longestRanges) return null;
  return { offset: array.offset, ranges, count: array.count + added.count };
}
