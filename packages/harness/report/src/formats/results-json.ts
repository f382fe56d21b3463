import type { RunRecord, ScoreNotice } from "@petl/results";

/** What `bench glue --json` prints: one object, one entry a run. */
export interface ResultsJson {
  readonly out: string;
  readonly device: string | null;
  readonly data: NonNullable<RunRecord["data"]> | null;
  readonly runs: readonly RunResult[];
}

/** One run in short; `score` is the best evaluation's GLUE score, 0 to 100. Null: not there (see `error`, `energyReason`). */
export interface RunResult {
  readonly method: string;
  readonly config: unknown;
  readonly task: string;
  readonly seed: number;
  readonly status: RunRecord["status"];
  readonly score: number | null;
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
  readonly trainTimeS: number | null;
  readonly evalTimeS: number | null;
  readonly tokensPerS: number | null;
  readonly energyJ: number | null;
  readonly energyReason: string | null;
  readonly error: { readonly name: string; readonly code: string | null; readonly message: string } | null;
}

/** The object of `bench glue --json` for the runs of one output directory, sorted by method, task and seed. */
export function resultsJson(records: readonly RunRecord[], out: string): ResultsJson {
  const runs = records.map(runResult);
  const key = ({ method, task, seed }: RunResult) => `${method}\0${task}\0${String(seed).padStart(12, "0")}`;
  runs.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  return {
    out,
    device: records[0]?.run.device ?? null,
    data: records.find(({ data }) => data !== null)?.data ?? null,
    runs,
  };
}

function runResult({ run, status, error, scores, counts, memory, time, energy }: RunRecord): RunResult {
  return {
    method: run.method,
    config: run.methodConfig,
    task: run.task,
    seed: run.seed,
    status,
    score: scores?.best.score ?? null,
    metrics: scores?.best.metrics ?? null,
    notices: scores?.best.notices ?? [],
    trainableParams: counts?.trainableParams ?? null,
    headParams: counts?.headParams ?? null,
    totalParams: counts?.totalParams ?? null,
    backwardLayers: counts?.backwardLayers ?? null,
    layers: counts?.layers ?? null,
    peakTensorBytes: memory?.peakTensorBytes.training?.total ?? null,
    peakDeviceBytes: memory?.device.peakBytes ?? null,
    peakHostBytes: memory?.peakHostBytes ?? null,
    trainTimeS: time?.trainTimeS ?? null,
    evalTimeS: time?.evalTimeS ?? null,
    tokensPerS: time?.tokensPerS ?? null,
    energyJ: energy?.grossJ ?? null,
    energyReason: energy?.grossJ == null ? (energy?.reason ?? "not recorded") : null,
    error: error && { name: error.name, code: error.code, message: error.message },
  };
}
