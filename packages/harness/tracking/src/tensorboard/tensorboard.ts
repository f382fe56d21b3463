import { join } from "node:path";
import type { BenchEvent } from "@petl/bench";
import { oneLine } from "@petl/files";
import { hyperparameterTexts } from "../hyperparameters.js";
import { finalScalars, scalarsOf } from "../scalars.js";
import type { TrackedSuite, Tracker } from "../tracker.js";
import { EventFile } from "./event-file.js";

/** The folder that TensorBoard is pointed at; each run has a folder of its own in it. */
const tensorboardFolder = (out: string): string => join(out, "tensorboard");

/** Writes an event file for each run that begins, to `<out>/tensorboard/<run>`. */
export class TensorboardTracker implements Tracker {
  readonly #files = new Map<string, EventFile>();

  constructor(
    readonly suite: TrackedSuite,
    /** Seconds since the Unix epoch. */
    readonly nowS = () => Date.now() / 1000,
  ) {}

  on(event: BenchEvent): void {
    if (event.type === "run-begin") {
      const { run } = event;
      const file = new EventFile(join(tensorboardFolder(this.suite.out), run.id), this.nowS);
      this.#files.set(run.id, file);
      file.text("hyperparameters", markdownTable(hyperparameterTexts(run, this.suite)));
    } else if (event.type === "run-event") this.#files.get(event.run.id)?.scalars(scalarsOf(event.event));
    else if (event.type === "run-end") {
      const { run, record } = event;
      const file = this.#files.get(run.id);
      file?.scalars(finalScalars(record));
      const { status, error } = record;
      file?.text("ending", error === null ? status : `${status}: ${oneLine(error.message)}`);
      this.#close(run.id);
    }
  }

  async close(): Promise<void> {
    for (const id of this.#files.keys()) this.#close(id);
  }

  #close(id: string): void {
    this.#files.get(id)?.close();
    this.#files.delete(id);
  }
}

function markdownTable(values: Readonly<Record<string, string>>): string {
  const rows = Object.entries(values).map(([name, value]) => `| ${name} | ${cell(value)} |`);
  return ["| name | value |", "| --- | --- |", ...rows].join("\n");
}

const cell = (text: string): string => oneLine(text).replaceAll("|", "\\|");
