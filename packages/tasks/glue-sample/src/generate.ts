import { Draw } from "./draw.js";
import { layouts } from "./layout.js";
import { cola } from "./tasks/cola.js";
import { mnli } from "./tasks/mnli.js";
import { mrpc } from "./tasks/mrpc.js";
import { qnli } from "./tasks/qnli.js";
import { qqp } from "./tasks/qqp.js";
import type { Row, TaskGenerator } from "./tasks/row.js";
import { rte } from "./tasks/rte.js";
import { sst2 } from "./tasks/sst2.js";
import { stsb } from "./tasks/stsb.js";
import { wnli } from "./tasks/wnli.js";

/** The nine tasks, by GLUE's short names. */
export const sampleTasks: Readonly<Record<string, TaskGenerator>> = {
  ...{ cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte, wnli },
};

export interface SampleOptions {
  /** Whole number; default 0. */
  readonly seed?: number;
  /** Rows of each training file; default 2,000. */
  readonly trainRows?: number;
  /** Rows of each evaluation file; default 400. */
  readonly devRows?: number;
}

const attemptsARow = 2000;

/**
 * The rows of every split of a task, classes balanced to within one row, no two rows of a task with the same texts.
 *
 * The evaluation splits are drawn first, so they do not change with the number of training rows.
 *
 * @throws RangeError if a size is not a whole number from 1, or exceeds the sentences of the grammar
 */
export function generateTask(task: string, options: SampleOptions = {}): ReadonlyMap<string, readonly Row[]> {
  const { seed = 0, trainRows = 2000, devRows = 400 } = options;
  checkWhole("seed", seed, 0);
  checkWhole("trainRows", trainRows, 1);
  checkWhole("devRows", devRows, 1);
  const seen = new Set<string>();
  const splits = Object.keys(layouts[task]!.files).reverse();
  return new Map(
    splits.map((split) => [split, generateSplit(task, split, seed, split === "train" ? trainRows : devRows, seen)]),
  );
}

function generateSplit(task: string, split: string, seed: number, count: number, seen: Set<string>): Row[] {
  const generator = sampleTasks[task]!;
  const draw = new Draw(seed, task, split);
  const rows = Array.from({ length: count }, (_, index) =>
    newRow(generator, draw, generator.labels[index % generator.labels.length]!, split, seen),
  );
  return new Draw(seed, task, split, "order").shuffle(rows);
}

function newRow(generator: TaskGenerator, draw: Draw, label: string, split: string, seen: Set<string>): Row {
  for (let attempt = 0; attempt < attemptsARow; attempt++) {
    const row = generator.row(draw, label, split);
    const [first = "", second] = row.texts;
    if (first === second) continue;
    const key = [...row.texts].sort().join("\t");
    if (seen.has(key)) continue;
    seen.add(key);
    return row;
  }
  throw new RangeError(`glue-sample: expected fewer rows than the grammar has sentences, got more; ask for fewer`);
}

function checkWhole(name: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new RangeError(`glue-sample: ${name}: expected a whole number from ${minimum}, got ${value}`);
}
