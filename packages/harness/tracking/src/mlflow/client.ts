import type { MlflowServer } from "./server.js";

/** Longest wait for an answer, in milliseconds. */
const answerMs = 5000;

export interface Metric {
  readonly key: string;
  /** `NaN` as a text, which JSON has no number for. */
  readonly value: number | string;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly step: number;
}

export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** The answer of a server that refused: what it called the reason, if it did. */
class Refusal extends Error {
  constructor(
    readonly reason: string | null,
    message: string,
  ) {
    super(message);
  }
}

/** The part of MLflow's REST API 2.0 that a run needs. Methods throw where the server refuses, is silent for 5 s or redirects. */
export class MlflowClient {
  constructor(
    readonly server: MlflowServer,
    readonly signal: AbortSignal,
  ) {}

  /** The id of an experiment, which is made where there is none of that name. */
  async experiment(name: string): Promise<string> {
    const query = `experiments/get-by-name?${new URLSearchParams({ experiment_name: name })}`;
    try {
      const { experiment } = await this.#ask<{ experiment: { experiment_id: string } }>(query);
      return experiment.experiment_id;
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== "RESOURCE_DOES_NOT_EXIST") throw error;
    }
    const made = await this.#ask<{ experiment_id: string }>("experiments/create", { name });
    return made.experiment_id;
  }

  /** Begins a run and returns its id. */
  async createRun(experiment: string, name: string, startMs: number, tags: readonly Entry[]): Promise<string> {
    const body = { experiment_id: experiment, run_name: name, start_time: startMs, tags };
    const { run } = await this.#ask<{ run: { info: { run_id: string } } }>("runs/create", body);
    return run.info.run_id;
  }

  /** At most 1,000 metrics, 100 parameters and 100 tags. */
  async logBatch(
    run: string,
    batch: { metrics?: readonly Metric[]; params?: readonly Entry[]; tags?: readonly Entry[] },
  ) {
    await this.#ask("runs/log-batch", { run_id: run, ...batch });
  }

  async endRun(run: string, status: "FINISHED" | "FAILED" | "KILLED", endMs: number): Promise<void> {
    await this.#ask("runs/update", { run_id: run, status, end_time: endMs });
  }

  async #ask<Answer>(path: string, body?: object): Promise<Answer> {
    const { url, authorization } = this.server;
    const { host } = new URL(url);
    const call = path.split("?")[0];
    const headers = { "Content-Type": "application/json", ...(authorization && { Authorization: authorization }) };
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers,
      redirect: "error", // it would carry what is logged elsewhere
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(answerMs)]),
    }).catch((error: Error) => {
      throw new Error(`${host} gives no answer to ${call} (${reasonOf(error)})`);
    });
    const answer = (await response.json().catch(() => ({}))) as { error_code?: unknown };
    if (response.ok) return answer as Answer;
    const reason = typeof answer.error_code === "string" ? answer.error_code.slice(0, 60) : null;
    throw new Refusal(reason, `${host} refuses ${call}: ${response.status}${reason === null ? "" : ` ${reason}`}`);
  }
}

function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return `none in ${answerMs / 1000} s`;
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  return String(cause?.code ?? cause?.message ?? error.name);
}
