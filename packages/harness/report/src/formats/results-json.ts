import {
  type ChosenSettings,
  type RunRecord,
  reportedScore,
  type ScoreInterval,
  type ScoreNotice,
  type Trial,
} from "@petl/results";
import { comparableGroups } from "../build/comparable-groups.js";

/** What `bench glue --json` prints: one object, one entry a run. */
export interface ResultsJson {
  readonly out: string;
  readonly device: string | null;
  readonly data: NonNullable<RunRecord["data"]> | null;
  /** Runs that are compared, and those of the untouched backbone. */
  readonly runs: readonly RunResult[];
  /** Trials, which only chose settings. */
  readonly search: readonly TrialResult[];
}

/** One run in short. Null: not there (see `error`, `energyReason`). */
export interface RunResult extends RunCosts {
  readonly stage: "final" | "baseline";
  readonly protocol: RunRecord["run"]["settings"]["protocol"];
  readonly learningRate: number;
  /** What a search chose; null where the rate was given. */
  readonly chosen: ChosenSettings | null;
  /** What is compared, a GLUE score of 0 to 100: on test where there is one, else of the best evaluation. */
  readonly score: number | null;
  /** Of `score`, over the evaluation examples. */
  readonly interval: ScoreInterval | null;
  /** Of the best evaluation on held-out training examples; null where dev itself chose. */
  readonly validationScore: number | null;
  /** What the best constant answer scores on the same examples. */
  readonly constant: { readonly answer: string; readonly score: number } | null;
  /** What the backbone scores on them before any training. */
  readonly untouchedScore: number | null;
  readonly metrics: Readonly<Record<string, number>> | null;
  /** What a reader of the score must know. */
  readonly notices: readonly ScoreNotice[];
  /** Those of the head among them. */
  readonly trainableParams: number | null;
  readonly headParams: number | null;
  readonly totalParams: number | null;
  readonly backwardLayers: number | null;
  readonly layers: number | null;
  readonly peakTensorBytes: number | null;
  readonly peakDeviceBytes: number | null;
  readonly peakHostBytes: number | null;
  readonly tokensPerS: number | null;
}

/** One trial in short; `score` is of its best evaluation on held-out training examples. */
export interface TrialResult extends RunCosts {
  readonly trial: Trial | null;
  readonly learningRate: number;
  readonly score: number | null;
}

/** What every run has. */
interface RunCosts {
  readonly method: string;
  readonly config: unknown;
  readonly task: string;
  readonly seed: number;
  readonly status: RunRecord["status"];
  readonly trainTimeS: number | null;
  readonly evalTimeS: number | null;
  readonly energyJ: number | null;
  readonly energyReason: string | null;
  readonly error: { readonly name: string; readonly code: string | null; readonly message: string } | null;
}

/** The object of `bench glue --json` for the runs of one output directory, sorted by method, task and seed. */
export function resultsJson(records: readonly RunRecord[], out: string): ResultsJson {
  const groups = comparableGroups(records);
  const untouched = new Map(
    groups.flatMap((group) => group.records.map((record) => [record, untouchedScore(record, group.records)])),
  );
  const ordered = [...records].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  return {
    out,
    device: records[0]?.run.device ?? null,
    data: records.find(({ data }) => data !== null)?.data ?? null,
    runs: ordered
      .filter(({ run }) => run.stage !== "trial")
      .map((record) => runResult(record, untouched.get(record) ?? null)),
    search: ordered.filter(({ run }) => run.stage === "trial").map(trialResult),
  };
}

function keyOf({ run }: RunRecord): string {
  const { method, task, seed, trial } = run;
  const padded = [seed, trial?.rung ?? 0, trial?.number ?? 0].map((number) => String(number).padStart(12, "0"));
  return [method, task, ...padded].join("\0");
}

function untouchedScore({ run }: RunRecord, comparable: readonly RunRecord[]): number | null {
  const own = comparable.find((other) => other.run.stage === "baseline" && other.run.task === run.task);
  return own === undefined ? null : (reportedScore(own)?.score ?? null);
}

function runResult(record: RunRecord, untouched: number | null): RunResult {
  const { run, scores, counts, memory, time } = record;
  const reported = reportedScore(record);
  return {
    ...costsOf(record),
    stage: run.stage === "baseline" ? "baseline" : "final",
    protocol: run.settings.protocol,
    learningRate: run.settings.learningRate,
    chosen: run.chosen,
    score: reported?.score ?? null,
    interval: reported?.interval ?? null,
    validationScore: scores?.test ? scores.best.score : null,
    constant: scores?.constant ?? null,
    untouchedScore: untouched,
    metrics: reported?.metrics ?? null,
    notices: reported?.notices ?? [],
    trainableParams: counts?.trainableParams ?? null,
    headParams: counts?.headParams ?? null,
    totalParams: counts?.totalParams ?? null,
    backwardLayers: counts?.backwardLayers ?? null,
    layers: counts?.layers ?? null,
    peakTensorBytes: memory?.peakTensorBytes.training?.total ?? null,
    peakDeviceBytes: memory?.device.peakBytes ?? null,
    peakHostBytes: memory?.peakHostBytes ?? null,
    tokensPerS: time?.tokensPerS ?? null,
  };
}

function trialResult(record: RunRecord): TrialResult {
  const { run, scores } = record;
  return {
    ...costsOf(record),
    trial: run.trial,
    learningRate: run.settings.learningRate,
    score: scores?.best.score ?? null,
  };
}

function costsOf({ run, status, error, time, energy }: RunRecord): RunCosts {
  return {
    method: run.method,
    config: run.methodConfig,
    task: run.task,
    seed: run.seed,
    status,
    trainTimeS: time?.trainTimeS ?? null,
    evalTimeS: time?.evalTimeS ?? null,
    energyJ: energy?.grossJ ?? null,
    energyReason: energy?.grossJ == null ? (energy?.reason ?? "not recorded") : null,
    error: error && { name: error.name, code: error.code, message: error.message },
  };
}
