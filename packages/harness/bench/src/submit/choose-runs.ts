import type { RunRecord } from "@petl/results";
import { BenchError } from "../errors.js";
import { configHash } from "../suite/config-hash.js";

/** Which runs of an output directory to submit. */
export interface RunChoice {
  /** The method's name, and settings to tell its variants apart; null: there must be only one. */
  readonly method: { readonly method: string; readonly config: Readonly<Record<string, string>> } | null;
  /** Null: for each task, the run with the best last score on dev. */
  readonly seed: number | null;
}

/**
 * One completed run per task, by task name: one method with one configuration on one backbone. Of several seeds it takes the
 * run whose saved model scored best: that of the last update, on dev, or where held-out examples chose it, on those.
 *
 * @throws BenchError E_SUBMISSION where no run fits, or several methods do
 */
export function chooseRuns(records: readonly RunRecord[], { method, seed }: RunChoice): Map<string, RunRecord> {
  const done = records.filter(
    ({ status, scores, run }) => status === "completed" && scores !== null && run.stage === "final",
  );
  const fitting = done.filter(({ run }) => (seed === null || run.seed === seed) && isMethod(run, method));
  const variants = new Map(
    fitting.map(({ run }) => [configHash([run.methodPackage, run.methodConfig, run.backbone]), run]),
  );
  if (variants.size === 0) throw noneFits(done, method, seed);
  if (variants.size > 1) {
    const all = [...variants.values()];
    const isTold = new Set(all.map(({ method: name }) => name)).size === all.length;
    const names = all.map((run) => (isTold ? run.method : nameOf(run))).sort();
    throw new BenchError(
      "E_SUBMISSION",
      `expected runs of one method, got ${names.length} (${names.join(", ")}); choose one with --method NAME or --method NAME:key=value`,
    );
  }
  const best = new Map<string, RunRecord>();
  for (const record of fitting) {
    const other = best.get(record.run.task);
    if (other === undefined || savedScore(record) > savedScore(other)) best.set(record.run.task, record);
  }
  return best;
}

/** The score of the model that a run saved: of its best evaluation on held-out examples, or of its last on dev. */
function savedScore({ scores }: RunRecord): number {
  return scores!.test === null ? scores!.last.score : scores!.best.score;
}

function isMethod({ method, methodConfig }: RunRecord["run"], wanted: RunChoice["method"]): boolean {
  if (wanted === null) return true;
  const config = (methodConfig ?? {}) as Record<string, unknown>;
  return (
    method === wanted.method &&
    Object.entries(wanted.config).every(([key, value]) => key in config && textOf(config[key]) === value)
  );
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const nameOf = ({ method, methodConfig, backbone }: RunRecord["run"]): string =>
  `${method} ${JSON.stringify(methodConfig ?? {})} on ${backbone}`;

function noneFits(done: readonly RunRecord[], method: RunChoice["method"], seed: number | null): BenchError {
  if (done.length === 0)
    return new BenchError(
      "E_SUBMISSION",
      "expected completed runs to submit, got none; train with bench glue --save --out DIR first, then run bench submit DIR",
    );
  const wanted = [
    ...(method === null ? [] : [`of ${method.method} ${JSON.stringify(method.config)}`]),
    ...(seed === null ? [] : [`with seed ${seed}`]),
  ].join(" ");
  const there = [...new Set(done.map(({ run }) => `${run.method}, seed ${run.seed}`))].sort().join("; ");
  return new BenchError("E_SUBMISSION", `expected completed runs ${wanted}, got ${there}; see --method and --seed`);
}
