import { TaskError } from "../errors.js";
import type { Target, Task } from "../task.js";
import type { Example } from "./example.js";
import { fittingGroups } from "./group-sample.js";
import { groupsOf, rowsByGroup } from "./groups.js";
import type { Split } from "./split.js";

/** How training examples are held out to choose settings by. */
export interface HoldOut {
  /** How many, at most a third of the file; null: a tenth of it, at most 1,000. */
  readonly examples: number | null;
  /** The whole numbers below `count` in random order: it draws the examples, another for each seed. */
  readonly permutation: (count: number) => readonly number[];
}

/** Most examples that are held out where no number is given. */
const mostHeldOut = 1000;

/** How many of a training file's rows are held out. */
export function heldOutRows(rows: number, examples: number | null): number {
  return Math.min(examples ?? Math.min(mostHeldOut, Math.ceil(rows / 10)), Math.floor(rows / 3));
}

/** Rows of a training file to keep so that `limit` are left to train on after any are held out; undefined: all. */
export function poolSize(limit: number | undefined, { examples }: HoldOut): number | undefined {
  return limit === undefined ? undefined : limit + (examples ?? mostHeldOut);
}

/**
 * Divides a training split into examples to train on, at most `limit`, and the split `validation`. Of classes, validation has the same
 * shares as the whole. Of examples in groups it has whole groups instead, as many as fit.
 *
 * @throws {TaskError} `E_TASK_LIMIT` where nothing would be left to train on
 */
export function holdOut(
  split: Split,
  { target, title }: Task,
  limit: number | undefined,
  { examples, permutation }: HoldOut,
): { readonly train: Split; readonly validation: Split } {
  const size = heldOutRows(split.file.rows, examples);
  if (size === 0)
    throw new TaskError("E_TASK_LIMIT", `${title} has too few training rows to hold any out`, {
      file: split.file.path,
      expected: "at least 3",
      got: String(split.file.rows),
      remedy: "use --protocol dev",
    });
  const drawn = permutation(split.examples.length).map((index) => split.examples[index]!);
  const groups = groupsOf(drawn);
  const held = new Set(groups === undefined ? byClass(drawn, target, size) : byGroup(drawn, groups, size));
  const rest = drawn.filter((example) => !held.has(example)).slice(0, limit);
  if (rest.length === 0)
    throw new TaskError("E_TASK_LIMIT", `${title} has too few groups of training rows to hold any out`, {
      file: split.file.path,
      expected: "at least 2",
      got: "1",
      remedy: "use --protocol dev, or a higher --limit",
    });
  return {
    train: { ...split, examples: inFileOrder(rest) },
    validation: { ...split, name: "validation", examples: inFileOrder([...held]), dropped: 0 },
  };
}

function byClass(drawn: readonly Example[], target: Target, size: number): Example[] {
  const classes = target.kind !== "class" ? [drawn] : target.labels.map((_, label) => drawn.filter(hasLabel(label)));
  const shares = quotas(
    classes.map((each) => each.length),
    size,
  );
  return classes.flatMap((each, index) => each.slice(0, shares[index]));
}

function byGroup(drawn: readonly Example[], groups: readonly number[], size: number): Example[] {
  const rows = rowsByGroup(groups);
  const fitting = fittingGroups(
    rows.map((group) => group.length),
    size,
  );
  return rows.slice(0, fitting).flatMap((group) => group.map((row) => drawn[row]!));
}

const hasLabel = (label: number) => (example: Example) => example.label === label;

const inFileOrder = (examples: readonly Example[]): Example[] => [...examples].sort((a, b) => a.index - b.index);

/** Whole numbers in proportion to `counts` that add up to `total`: each rounded down, the largest remainders up. */
function quotas(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (total * count) / all);
  const shares = exact.map(Math.floor);
  const missing = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact.map((value, index) => ({ index, remainder: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) shares[index]! += 1;
  return shares;
}
