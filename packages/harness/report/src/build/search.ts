import { type ChosenSettings, canonicalJson, hasDiverged, type RunRecord } from "@petl/results";
import type { Figure } from "../model/figure.js";
import type { SearchResult } from "../model/search.js";
import { distinct, groupBy } from "../statistics/statistics.js";
import { cleanText } from "../text/text.js";
import { disturbedNote, isDisturbed } from "./busy-machine.js";
import { keepLatest } from "./keep-latest.js";
import { searchKeys } from "./own-settings.js";
import { absent, joined, sumOf } from "./relative.js";
import { ofStage } from "./stages.js";
import { taskLabel, taskOrder } from "./task-names.js";
import type { VariantRecords } from "./variants.js";

/** The trials of one method on one task, and the runs with what they chose. */
export interface Search {
  readonly variant: string | null;
  readonly label: string;
  readonly task: string;
  readonly trials: readonly RunRecord[];
  readonly finals: readonly RunRecord[];
}

/** Every search of a group, by task and then in the order of the variants; one of which only the choice is known has no trials. */
export function searchesOf(records: readonly RunRecord[], variants: readonly VariantRecords[]): Search[] {
  const trials = groupBy(latestTrials(records), ({ run }) => run.task);
  const finals = variants.flatMap((each) => each.records.filter(({ run }) => run.chosen !== null));
  const tasks = distinct([...trials.keys(), ...finals.map(({ run }) => run.task)]).sort(taskOrder(records));
  return tasks.flatMap((task) => onTask(task, trials.get(task) ?? [], variants));
}

function onTask(task: string, trials: readonly RunRecord[], variants: readonly VariantRecords[]): Search[] {
  const keysOf = new Map(trials.map((trial) => [trial, searchKeys(trial)]));
  const candidates = variants.map((each) => {
    const chosen = each.records.filter(({ run }) => run.chosen !== null);
    const keys = chosen.map(searchKeys);
    return {
      ...each,
      chosen,
      own: new Set(keys.map(({ own }) => own)),
      short: new Set(keys.map(({ short }) => short)),
    };
  });
  const claimed = new Set(trials.filter((trial) => candidates.some(({ own }) => own.has(keysOf.get(trial)!.own))));
  const left = new Set(trials);
  const known = candidates.flatMap(({ variant, chosen, own, short }): Search[] => {
    const finals = chosen.filter(({ run }) => run.task === task);
    const mine = trials.filter((trial) => {
      const keys = keysOf.get(trial)!;
      return claimed.has(trial) ? own.has(keys.own) : short.has(keys.short);
    });
    for (const trial of mine) left.delete(trial);
    if (finals.length === 0 && mine.length === 0) return [];
    return [{ variant: variant.id, label: variant.label, task, trials: mine, finals }];
  });
  const unused = groupBy([...left], (trial) => keysOf.get(trial)!.own);
  return [...known, ...[...unused.values()].map((own) => unusedSearch(task, own))];
}

function unusedSearch(task: string, trials: readonly RunRecord[]): Search {
  return { variant: null, label: cleanText(trials[0]!.run.method), task, trials, finals: [] };
}

function latestTrials(records: readonly RunRecord[]): RunRecord[] {
  const place = (record: RunRecord) => {
    const { task, seed, trial } = record.run;
    return canonicalJson([searchKeys(record).own, task, seed, trial?.number, trial?.rung]);
  };
  return keepLatest(ofStage(records, "trial"), place).kept;
}

/** What each search chose, and what it cost. */
export function searchResults(searches: readonly Search[], records: readonly RunRecord[]): SearchResult[] {
  return searches.map(({ variant, label, task, trials, finals }) => ({
    ...{ variant, label, task, taskLabel: cleanText(taskLabel(task, records)) },
    trials: Math.max(0, ...numbers(trials, "of"), ...finals.map(({ run }) => run.chosen!.of)),
    rungs: Math.max(0, ...numbers(trials, "rungs")),
    diverged: distinct(numbers(trials.filter(hasDiverged), "number")).length,
    chosen: choices(finals),
    costs: {
      timeS: cost(trials, (trial) => {
        const value = trial.time && trial.time.trainTimeS + trial.time.evalTimeS;
        return { value, reason: "a trial was not timed", ...(isDisturbed(trial) && { note: disturbedNote }) };
      }),
      energyJ: cost(trials, ({ energy }) => ({ value: energy?.grossJ ?? null, reason: energy?.reason ?? null })),
    },
  }));
}

function numbers(trials: readonly RunRecord[], of: "number" | "of" | "rungs"): number[] {
  return trials.flatMap(({ run }) => (run.trial === null ? [] : [run.trial[of]]));
}

function choices(finals: readonly RunRecord[]): ChosenSettings[] {
  const all = new Map(finals.map(({ run }) => [canonicalJson(run.chosen), run.chosen!]));
  return [...all.values()];
}

function cost(trials: readonly RunRecord[], figure: (trial: RunRecord) => Omit<Figure, "relative">): Figure {
  if (trials.length === 0) return absent(["the records of the trials are not here"]);
  return joined(
    trials.map((trial) => ({ ...figure(trial), relative: null })),
    sumOf,
  );
}
