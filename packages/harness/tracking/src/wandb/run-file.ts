import type { RunRecord } from "@petl/results";
import type { Scalar } from "../scalars.js";
import { LogFile } from "./log-file.js";
import { encodeRecord, type Item, type WandbRecord } from "./messages.js";

/** What W&B is told of a run at its beginning. */
export interface RunBeginning {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  /** Empty: whoever sends it. */
  readonly entity: string;
  readonly group: string;
  readonly jobType: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** W&B's names for how a process ended: as Ctrl-C ends one of its own. */
const exitCodes = { completed: 0, failed: 1, cancelled: 255 } as const;

type Numbered<Each> = Each extends unknown ? Omit<Each, "num"> : never;

/** A run's file, which grows. Numbers of one step are a row of W&B's history, which is written once a later step is heard of. */
export class RunFile {
  readonly #file: LogFile;
  readonly #beginS: number;
  #records = 0;
  #row: { readonly step: number; readonly values: Record<string, unknown> } | null = null;

  /** @throws the file system's error */
  constructor(
    path: string,
    { id, name, project, entity, group, jobType, config }: RunBeginning,
    /** Seconds since the Unix epoch. */
    readonly nowS: () => number,
  ) {
    this.#file = new LogFile(path);
    this.#beginS = nowS();
    this.#add({ header: { versionInfo: { producer: "petl-bench", minConsumer: "" } } });
    const seconds = Math.floor(this.#beginS);
    this.#add({
      run: {
        ...{ runId: id, entity, project, runGroup: group, jobType, displayName: name },
        config: { update: items(config) },
        startTime: { seconds, nanos: Math.floor((this.#beginS - seconds) * 1e9) },
      },
    });
  }

  /** Adds numbers. A step that lies behind has no row any more: its numbers are the run's, as those of `summary`. */
  scalars(scalars: readonly Scalar[]): void {
    for (const { tag, step, value } of scalars) {
      if (this.#row !== null && step < this.#row.step) this.summary({ [tag]: value });
      else {
        if (this.#row?.step !== step) {
          this.#endRow();
          this.#row = { step, values: {} };
        }
        const { values } = this.#row!;
        const now = this.nowS();
        Object.assign(values, { [tag]: value, _timestamp: now, _runtime: now - this.#beginS });
      }
    }
  }

  /** Says what holds of the whole run. */
  summary(values: Readonly<Record<string, unknown>>): void {
    this.#add({ summary: { update: items(values) } });
  }

  end(status: RunRecord["status"]): void {
    this.#endRow();
    const runtime = Math.floor(this.nowS() - this.#beginS);
    this.#add({ summary: { update: [{ nestedKey: ["_wandb", "runtime"], valueJson: json(runtime) }] } });
    this.#add({ exit: { exitCode: exitCodes[status], runtime } });
    this.#file.close();
  }

  /** Ends the file of a run that did not: W&B shows it as crashed. */
  close(): void {
    this.#endRow();
    this.#file.close();
  }

  #endRow(): void {
    if (this.#row === null) return;
    const { step, values } = this.#row;
    this.#row = null;
    const row = { ...values, _step: step };
    this.summary(row); // W&B's own client keeps the last of each, too
    this.#add({ history: { item: items(row), step: { num: step } } });
  }

  #add(record: Numbered<WandbRecord>): void {
    this.#file.add(encodeRecord({ num: ++this.#records, ...record }));
  }
}

function items(values: Readonly<Record<string, unknown>>): Item[] {
  return Object.entries(values).map(([key, value]) => ({ key, valueJson: json(value) }));
}

/** Not finite numbers are written as W&B does. */
const json = (value: unknown): string =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : (JSON.stringify(value) ?? "null");
