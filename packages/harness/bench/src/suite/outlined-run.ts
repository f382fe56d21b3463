import type { Trial } from "@petl/results";
import { lengthSettings, recordedValues } from "@petl/settings";
import type { Task } from "@petl/task";
import { plannedSteps, type TrainSettings } from "@petl/trainer";
import { findUntouched } from "../baseline/find-untouched.js";
import { BenchError } from "../errors.js";
import { answeredBy } from "../resolve/answering.js";
import type { FoundFamily } from "../resolve/family.js";
import { type Rung, rungsOf } from "../tune/rungs.js";
import { type Cell, limitsOf } from "./cells.js";
import type { OutlinedRun } from "./planned-run.js";
import { type GivenSettings, givenSettings, optionsOf, type Suite, settingsOf } from "./schema.js";
import { trainExamples } from "./task-files.js";

/** What a run of a cell is outlined from. */
export interface OutlineOf {
  readonly suite: Suite;
  readonly family: FoundFamily;
}

/** The final runs of a cell by seed; their rate is the method's own where no earlier search found one. */
export function finalRuns(of: OutlineOf, cell: Cell, seeds: readonly number[]): Map<number, OutlinedRun> {
  const run = runOf(of, cell, seeds[0]!, "final");
  const { isSearched } = cell;
  const settings = withRate(run.settings, cell.found?.learningRate ?? null);
  const wave = isSearched ? lastWave(of.suite) : 1;
  return new Map(
    seeds.map((seed) => {
      const slot = `${cell.name}, seed ${seed}`;
      return [seed, { ...run, seed, settings: { ...settings, seed }, slot, wave, isSearched }];
    }),
  );
}

/** How long a whole run of a cell trains, as a trial's record has it. */
export function wholeLength(of: OutlineOf, cell: Cell): NonNullable<Trial["whole"]> {
  return recordedValues(lengthSettings, runOf(of, cell, of.suite.seeds[0]!, "final").settings);
}

/**
 * The trial at a place of a rung; `learningRate` null: not known yet. It has a seed of its own, so that no final run is judged by the
 * draw that chose its settings.
 */
export function trialRun(
  of: OutlineOf,
  cell: Cell,
  trainRows: number,
  { rung, share, place }: Pick<Rung, "share"> & { readonly rung: number; readonly place: number },
  learningRate: number | null,
): OutlinedRun {
  const { settings, options, ...run } = runOf(of, cell, Math.max(...of.suite.seeds) + 1, "trial");
  const { steps } = plannedSteps(settings, trainExamples(trainRows, options));
  const { warmupSteps } = settings;
  const shorter: Partial<TrainSettings> = {
    steps: Math.max(1, Math.round(steps * share)),
    warmupSteps: warmupSteps === null ? null : Math.round(warmupSteps * share),
  };
  return {
    ...{ ...run, options, slot: `${cell.name}, rung ${rung}, place ${place + 1}`, wave: rung, isSearched: true },
    settings: withRate(share === 1 ? settings : { ...settings, ...shorter }, learningRate),
  };
}

/** The backbone as it was loaded, on the task of a cell; null where a head answers, which only training makes. */
export function baselineRun(of: OutlineOf, { task, limit }: Cell): OutlinedRun | null {
  const method = findUntouched();
  const arm = { label: method.name, method, config: null, settings: {}, cacheActivations: "off" } as const;
  const run = runOf(of, { arm, task, limit }, of.suite.seeds[0]!, "baseline");
  if (run.settings.scoring === "head") return null;
  const wave = of.suite.trials > 0 ? lastWave(of.suite) : 1; // it waits for every search of its task
  return {
    ...run,
    label: method.name, // it trains on no rows
    settings: { ...run.settings, steps: 0 },
    slot: `untouched on ${task.name}`,
    wave,
    isSearched: false,
  };
}

/** That of runs which wait for a whole search. */
const lastWave = (suite: Suite): number => rungsOf(suite).length + 1;

/** The settings with a rate that was chosen; null: none was. */
export const withRate = (settings: TrainSettings, learningRate: number | null): TrainSettings =>
  learningRate === null ? settings : { ...settings, learningRate };

/** Longest text that is written, where neither suite nor task says it: a sentence or two. */
const textTokens = 64;

/** The suite's settings with the method's own, and where they leave some open, those that follow from the task. */
function askedSettings(suite: Suite, task: Task, seed: number, own: GivenSettings): TrainSettings {
  const asked = settingsOf(suite, task.name, seed, own);
  const given = givenSettings(suite, task.name, own);
  const { source = asked.maxLength, answer } = task.lengths ?? {};
  const isText = task.target.kind === "text";
  if (isText && asked.scoring !== "auto" && asked.scoring !== "free")
    throw new BenchError(
      "E_SUITE_INVALID",
      `scoring ${asked.scoring}: expected free for ${task.title}, whose answers are any text`,
    );
  return {
    ...asked,
    maxLength: given.maxLength ?? source,
    maxTargetLength: given.maxTargetLength ?? answer ?? (isText ? textTokens : asked.maxTargetLength),
    ...(isText && { scoring: "free" }),
  };
}

type CellParts = Pick<Cell, "task" | "limit"> & { readonly arm: Omit<Cell["arm"], "given"> };

function runOf(
  { suite, family }: OutlineOf,
  { arm, task, limit }: CellParts,
  seed: number,
  stage: OutlinedRun["stage"],
): Omit<OutlinedRun, "slot" | "wave" | "isSearched"> {
  const asked = askedSettings(suite, task, seed, arm.settings);
  const { scoring, textFormat } = answeredBy(family.definition, { ...asked, textFormat: suite.textFormat });
  const options = { ...optionsOf(suite, { limit, cacheActivations: arm.cacheActivations }), textFormat };
  const label = limitsOf(suite).length > 1 ? `${arm.label} with ${limit ?? "all"} rows` : arm.label;
  return { stage, label, method: arm.method, config: arm.config, task, seed, settings: { ...asked, scoring }, options };
}
