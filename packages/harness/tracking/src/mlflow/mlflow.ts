import type { BenchEvent, PlannedRun } from "@petl/bench";
import { oneLine } from "@petl/files";
import type { RunRecord } from "@petl/results";
import { hyperparameterTexts } from "../hyperparameters.js";
import { finalScalars, type Scalar, scalarsOf } from "../scalars.js";
import type { TrackedSuite, Tracker } from "../tracker.js";
import { type Entry, type Metric, MlflowClient } from "./client.js";
import type { MlflowServer } from "./server.js";

/** Milliseconds between two batches of a run. */
const batchMs = 2000;
/** Longest wait for the server once the suite is over, in milliseconds. */
const closeMs = 10_000;
/** Most that a call takes. */
const mostMetrics = 1000;
const mostEntries = 100;
/** Of a value: older servers refuse longer ones. */
const mostCharacters = 500;

interface Logged {
  readonly id: Promise<string>;
  waiting: Metric[];
}

/** Hands runs to an MLflow tracking server, in the background and one call at a time. */
export class MlflowTracker implements Tracker {
  readonly #stop = new AbortController();
  readonly #client: MlflowClient;
  readonly #runs = new Map<string, Logged>();
  readonly #timer: NodeJS.Timeout;
  #experiment: Promise<string> | undefined;
  /** The last call that waits for its turn. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly suite: TrackedSuite,
    readonly server: MlflowServer,
    /** Told where the server fails. */
    readonly lose: (error: unknown) => void,
  ) {
    this.#client = new MlflowClient(server, this.#stop.signal);
    this.#timer = setInterval(() => this.#flushAll(), batchMs).unref();
  }

  on(event: BenchEvent): void {
    if (event.type === "run-begin") this.#begin(event.run);
    else if (event.type === "run-event") this.#wait(event.run.id, scalarsOf(event.event));
    else if (event.type === "run-end") this.#end(event.run.id, event.record);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flushAll();
    const late = setTimeout(() => this.#stop.abort(), closeMs);
    await this.#last;
    clearTimeout(late);
  }

  #begin(run: PlannedRun): void {
    const params = entries(hyperparameterTexts(run, this.suite));
    const startMs = Date.now();
    const tags = [{ key: "mlflow.source.name", value: "petl-bench" }];
    const id = this.#enqueue(async () => {
      const { server, suite } = this;
      this.#experiment ??= this.#client.experiment(server.experiment ?? suite.name);
      const made = await this.#client.createRun(await this.#experiment, run.id, startMs, tags);
      for (const batch of batches(params, mostEntries)) await this.#client.logBatch(made, { params: batch });
      return made;
    });
    this.#runs.set(run.id, { id, waiting: [] });
  }

  #wait(run: string, scalars: readonly Scalar[]): void {
    const timestamp = Date.now();
    const metrics = scalars.map(({ tag, step, value }) => ({
      key: tag.replace(/[^\w.\-/ ]/g, "_"),
      value: Number.isFinite(value) ? value : String(value),
      timestamp,
      step,
    }));
    this.#runs.get(run)?.waiting.push(...metrics);
  }

  #end(run: string, record: RunRecord): void {
    const logged = this.#runs.get(run);
    if (logged === undefined) return;
    this.#wait(run, finalScalars(record));
    this.#flush(logged);
    this.#runs.delete(run);
    const { status, error } = record;
    const ending = { completed: "FINISHED", failed: "FAILED", cancelled: "KILLED" } as const;
    const endMs = Date.now();
    this.#enqueue(async () => {
      const id = await logged.id;
      if (error !== null) await this.#client.logBatch(id, { tags: entries({ error: oneLine(error.message) }) });
      await this.#client.endRun(id, ending[status], endMs);
    });
  }

  #flushAll(): void {
    for (const logged of this.#runs.values()) this.#flush(logged);
  }

  #flush(logged: Logged): void {
    const metrics = logged.waiting;
    logged.waiting = [];
    for (const batch of batches(metrics, mostMetrics))
      this.#enqueue(async () => this.#client.logBatch(await logged.id, { metrics: batch }));
  }

  /** Makes a call after those before it; after the first failure, which is told, none is made. */
  #enqueue<Result>(call: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(() => {
      this.#stop.signal.throwIfAborted();
      return call();
    });
    this.#last = done.catch((error: unknown) => {
      const isFirst = !this.#stop.signal.aborted;
      const isLate = (error as Error).name === "AbortError";
      this.#stop.abort();
      this.lose(isFirst || !isLate ? error : new Error(`${new URL(this.server.url).host} is too slow`));
    });
    done.catch(() => {}); // told above
    return done;
  }
}

function entries(values: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: value.slice(0, mostCharacters) }));
}

function batches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
