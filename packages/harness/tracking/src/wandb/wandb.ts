import { join } from "node:path";
import type { BenchEvent, PlannedRun } from "@petl/bench";
import { oneLine } from "@petl/files";
import { hyperparameters } from "../hyperparameters.js";
import { finalScalars, scalarsOf } from "../scalars.js";
import type { TrackedSuite, Tracker } from "../tracker.js";
import { RunFile } from "./run-file.js";
import { makeRunFolder } from "./run-folder.js";

/** Writes a folder for each run that begins, to `<out>/wandb`, from where `wandb sync` sends it. No key is needed, and none is read. */
export class WandbTracker implements Tracker {
  readonly #files = new Map<string, RunFile>();
  #made = 0;

  constructor(
    readonly suite: TrackedSuite,
    readonly env: NodeJS.ProcessEnv,
    /** Told how to go on. */
    readonly note: (line: string) => void,
    /** Seconds since the Unix epoch. */
    readonly nowS = () => Date.now() / 1000,
  ) {}

  on(event: BenchEvent): void {
    if (event.type === "run-begin") this.#begin(event.run);
    else if (event.type === "run-event") this.#files.get(event.run.id)?.scalars(scalarsOf(event.event));
    else if (event.type === "run-end") {
      const { run, record } = event;
      const file = this.#files.get(run.id);
      if (file === undefined) return;
      this.#files.delete(run.id);
      const results = finalScalars(record).map(({ tag, value }) => [tag, value]);
      file.summary({ ...Object.fromEntries(results), ...(record.error && { error: oneLine(record.error.message) }) });
      file.end(record.status);
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
    if (this.#made > 0) this.note(`--log wandb: to send these runs to W&B: wandb sync ${shellWord(this.#folder)}`);
  }

  get #folder(): string {
    return join(this.suite.out, "wandb");
  }

  #begin(run: PlannedRun): void {
    const { id, file } = makeRunFolder(this.#folder, run.id, new Date(this.nowS() * 1000));
    const beginning = {
      ...{ id, name: run.id, group: this.suite.name, jobType: run.stage },
      project: this.env.WANDB_PROJECT || this.suite.name.replace(/[/\\#?%:]/g, "-"), // those W&B takes in no project's name
      entity: this.env.WANDB_ENTITY ?? "",
      config: hyperparameters(run, this.suite),
    };
    this.#files.set(run.id, new RunFile(file, beginning, this.nowS));
    this.#made += 1;
  }
}

const shellWord = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
