import type { ChosenSettings, RunRecord } from "@petl/results";
import type { Task } from "@petl/task";
import { seededRandom } from "@petl/tensor";
import { trialRates } from "../tune/rates.js";
import { rungsOf } from "../tune/rungs.js";
import { followSearch } from "../tune/search.js";
import { type Arm, type Cell, cellsOf, limitsOf } from "./cells.js";
import { configHash } from "./config-hash.js";
import { baselineRun, finalRuns, type OutlineOf, trialRun, wholeLength, withRate } from "./outlined-run.js";
import { identified, type OutlinedRun, type PlannedRun, type SharedParts, withIdentity } from "./planned-run.js";
import { type Suite, settingsOf } from "./schema.js";
import { officialRows, type TaskFiles, type TaskRows } from "./task-files.js";

export interface OutlineParts {
  readonly suite: Suite;
  readonly arms: readonly Arm[];
  readonly tasks: readonly Task[];
  readonly shared: SharedParts;
  /** None in a dry run before the data are downloaded. */
  readonly files: ReadonlyMap<Task, TaskFiles>;
  readonly searchOnly: boolean;
}

/** What a search has done for one cell. */
export interface CellSearch extends Pick<Cell, "arm" | "task" | "limit"> {
  /** Those that are known, in the order in which they run. */
  readonly trials: readonly PlannedRun[];
  /** Null where it is not over, or every trial diverged. */
  readonly chosen: ChosenSettings | null;
}

interface FinalRun {
  readonly cell: Cell;
  /** As it is before a search has chosen its rate. */
  readonly run: OutlinedRun;
}

/** The runs of a suite: all of them in outline, and each whole as soon as what it depends on has ended. */
export class Outline {
  readonly runs: readonly OutlinedRun[];
  /** Cells whose learning rate an earlier search found. */
  readonly given: number;
  readonly #cells: ReadonlyMap<Task, readonly Cell[]>;
  /** Final runs in a random order of arms for each seed. */
  readonly #finals: ReadonlyMap<Task, readonly FinalRun[]>;
  readonly #of: OutlineOf;
  /** The cells whose runs, or whose searches, a place in the plan depends on. */
  readonly #cellsOf = new Map<string, readonly Cell[]>();
  /** Whole runs that were worked out before, by what they are. */
  readonly #whole = new Map<string, PlannedRun>();

  constructor(readonly parts: OutlineParts) {
    const { suite, arms, tasks, shared, searchOnly } = parts;
    this.#of = { suite, family: shared.backbone.family };
    this.#cells = new Map(tasks.map((task) => [task, cellsOf(suite, arms, task)]));
    this.#finals = new Map(tasks.map((task) => [task, this.#finalRuns(task)]));
    const cells = [...this.#cells.values()].flat();
    this.given = cells.filter(({ found }) => found !== null).length;
    this.runs = tasks.flatMap((task) => {
      const own = this.#cells.get(task)!;
      const trials = own.flatMap((cell) => this.#outlinedTrials(cell).map((run) => this.#dependingOn([cell], run)));
      if (searchOnly) return trials;
      const finals = this.#finals.get(task)!.map(({ cell, run }) => this.#dependingOn([cell], run));
      return [...trials, ...finals, ...this.#baselines(task).map((run) => this.#dependingOn(own, run))];
    });
  }

  /**
   * The runs that are known once some have ended, in the order in which they run: of each task its searches, then the rest. With a
   * `slot`, only the runs of the cells that it depends on.
   */
  known(records: ReadonlyMap<string, RunRecord>, slot?: string): PlannedRun[] {
    const wanted = slot === undefined ? null : (this.#cellsOf.get(slot) ?? []);
    const runs: PlannedRun[] = [];
    for (const task of this.parts.tasks) {
      const cells = this.#cells.get(task)!.filter((cell) => wanted?.includes(cell) ?? true);
      const searches = new Map(cells.map((cell) => [cell, this.#follow(cell, records)]));
      runs.push(...[...searches.values()].flatMap(({ trials }) => trials));
      if (this.parts.searchOnly) continue;
      const isOpen = (cell: Cell) => cell.isSearched && searches.get(cell)!.chosen === null;
      const alike = new Map<Cell, PlannedRun>();
      for (const { cell, run } of this.#finals.get(task)!) {
        if (!searches.has(cell) || isOpen(cell)) continue;
        const chosen = cell.found ?? searches.get(cell)!.chosen;
        const settings = withRate(run.settings, chosen?.learningRate ?? null);
        const whole = this.#identified({ ...run, settings, trial: null, chosen }, alike.get(cell));
        alike.set(cell, whole);
        runs.push(whole);
      }
      if (cells.length < this.#cells.get(task)!.length || cells.some(isOpen)) continue; // so that no run reads dev before all is chosen
      for (const run of this.#baselines(task)) runs.push(this.#identified({ ...run, trial: null, chosen: null }));
    }
    return runs;
  }

  /** Usable rows of a task's files: of those at hand, else of GLUE's release. */
  rows(task: Task): TaskRows {
    return this.parts.files.get(task)?.rows ?? officialRows(task);
  }

  /** Every search, as far as the records go. */
  searches(records: ReadonlyMap<string, RunRecord>): CellSearch[] {
    const searched = [...this.#cells.values()].flat().filter(({ isSearched }) => isSearched);
    return searched.map((cell) => ({ ...cell, ...this.#follow(cell, records) }));
  }

  /** Hash of all that decides the runs; the same whether or not only the search was planned. */
  id(known: readonly PlannedRun[]): string {
    const ids = (runs: readonly PlannedRun[]) => runs.map(({ id }) => id).sort();
    const trials = known.filter(({ stage }) => stage === "trial");
    if (trials.length === 0) return configHash(ids(known));
    const { seeds, search, evalLimit } = this.parts.suite;
    return configHash([ids(trials), seeds, search, evalLimit]);
  }

  #finalRuns(task: Task): FinalRun[] {
    const { suite, arms } = this.parts;
    const random = seededRandom(suite.seeds[0]!).fork("order");
    const seeds = [...new Set(suite.seeds)];
    const cells = this.#cells.get(task)!.map((cell) => ({ cell, bySeed: finalRuns(this.#of, cell, seeds) }));
    return seeds.flatMap((seed) => {
      const order = [...random.fork(task.name).fork(seed).permutation(arms.length)];
      return limitsOf(suite).flatMap((limit) => {
        const ofLimit = cells.filter(({ cell }) => cell.limit === limit);
        return order.map((index) => ({ cell: ofLimit[index]!.cell, run: ofLimit[index]!.bySeed.get(seed)! }));
      });
    });
  }

  #outlinedTrials(cell: Cell): OutlinedRun[] {
    if (!cell.isSearched) return [];
    return rungsOf(this.parts.suite).flatMap(({ trials, share }, index) =>
      Array.from({ length: trials }, (_, place) =>
        trialRun(this.#of, cell, this.#trainRows(cell), { share, rung: index + 1, place }, null),
      ),
    );
  }

  /** The trials of a cell that are known, and what they chose. */
  #follow(
    cell: Cell,
    records: ReadonlyMap<string, RunRecord>,
  ): { trials: readonly PlannedRun[]; chosen: ChosenSettings | null } {
    if (!cell.isSearched) return { trials: [], chosen: null };
    const { suite } = this.parts;
    const { learningRate } = settingsOf(suite, cell.task.name, 0, cell.arm.settings);
    const whole = wholeLength(this.#of, cell);
    const rates = trialRates(learningRate, suite.trials, suite.decades);
    return followSearch<PlannedRun>({
      rates,
      rungs: rungsOf(suite),
      plan: (trial, { share }, place) => {
        const at = { share, rung: trial.rung, place };
        const outlined = trialRun(this.#of, cell, this.#trainRows(cell), at, rates[trial.number - 1]!);
        return this.#identified({ ...outlined, trial: { ...trial, whole }, chosen: null });
      },
      recordOf: ({ id }) => records.get(id),
    });
  }

  #baselines(task: Task): OutlinedRun[] {
    if (this.parts.suite.protocol === "dev") return [];
    const run = baselineRun(this.#of, this.#cells.get(task)![0]!);
    return run === null ? [] : [run];
  }

  #dependingOn(cells: readonly Cell[], run: OutlinedRun): OutlinedRun {
    this.#cellsOf.set(run.slot, cells);
    return run;
  }

  #trainRows({ task }: Cell): number {
    return this.rows(task).train;
  }

  /** A run with the digests of the files that it reads: a trial never reads what runs are scored on. `alike` differs by its seed alone. */
  #identified(run: Omit<PlannedRun, "id" | "identity">, alike?: PlannedRun): PlannedRun {
    const key = `${run.slot} ${run.trial?.number ?? ""} ${run.settings.learningRate}`;
    let whole = this.#whole.get(key);
    if (whole === undefined) {
      const { train, evaluations } = this.parts.files.get(run.task) ?? {};
      const files = { ...train, ...(run.stage !== "trial" && evaluations) };
      whole = alike ? withIdentity(run, alike.identity) : identified(run, this.parts.shared, files);
      this.#whole.set(key, whole);
    }
    return whole;
  }
}
