import type { RunRecord } from "@petl/results";
import { type SyntheticMethod, syntheticMethods, syntheticRecord } from "./record-factory.js";

/** Made-up outcome of one method in a tuned suite: how many of 200 balanced examples each seed has right, and its trials. */
export interface TunedMethod extends SyntheticMethod {
  readonly right: number;
  /** From where on in a fixed order of the examples those are. */
  readonly from: number;
  /** Held-out score of each learning rate in the first rung, lowest rate first; null: it diverged. */
  readonly trials: readonly (number | null)[];
}

const [all, update, offPath] = syntheticMethods as [SyntheticMethod, SyntheticMethod, SyntheticMethod];
/** The first two err on other examples, about as often; the last is hardly above one answer for all. */
export const tunedMethods: readonly TunedMethod[] = [
  { ...all, right: 160, from: 0, trials: [60, 74, 70, null] },
  { ...update, right: 158, from: 100, trials: [66, 68, 71, 79] },
  { ...offPath, right: 104, from: 0, trials: [50, 51, 53, 52] },
];

const examples = 200;
const rates = [1e-5, 1e-4, 1e-3, 1e-2];

/** The records of a tuned suite: of each task the untouched backbone, and of each method the trials of two rungs and a run a seed. */
export function tunedSuite(tasks: readonly string[], seeds: readonly number[], methods = tunedMethods): RunRecord[] {
  return tasks.flatMap((task) => [
    untouched(task),
    ...methods.flatMap((method) => [
      ...trials(method, task),
      ...seeds.map((seed) => tunedRecord(method, { task, seed })),
    ]),
  ]);
}

/** A run with what its search chose: evaluated on held-out examples, and scored on dev once. */
export function tunedRecord(method: TunedMethod, { task = "sst2", seed = 0, energy = true } = {}): RunRecord {
  const record = syntheticRecord(method, {
    task,
    seed,
    energy,
    settings: { protocol: "tuned", learningRate: rateOf(method) },
  });
  const { best, evaluations } = record.scores!;
  return {
    ...record,
    run: { ...record.run, chosen: chosen(method) },
    data: { ...record.data!, evalExamples: 100, testExamples: examples },
    scores: {
      ...record.scores!,
      best: { ...best, interval: null },
      evaluations: evaluations.map((each) => ({ ...each, split: "validation", examples: 100 })),
      ...reported(method.right, best.step),
    },
    answers: answers(method, seed),
  };
}

function reported(right: number, step: number): Pick<NonNullable<RunRecord["scores"]>, "test" | "constant"> {
  const score = (100 * right) / examples;
  const width = 196 * Math.sqrt(((score / 100) * (1 - score / 100)) / examples);
  const interval = { low: score - width, high: score + width, level: 0.95, resamples: 1000 };
  const point = { step, epoch: step / 10, score, loss: null, metrics: { accuracy: score / 100 }, notices: [] };
  return {
    test: { ...point, interval, split: "dev", examples, wallTimeS: 1 },
    constant: { answer: "negative", score: 50 },
  };
}

/** Every seed has as many right, but two examples other ones. */
function answers({ right, from }: Pick<TunedMethod, "right" | "from">, seed: number): RunRecord["answers"] {
  const references = Array.from({ length: examples }, (_, index) => index % 2);
  const place = (index: number) => (index * 77 + seed + from) % examples; // 77 and 200 have no common divisor
  const predictions = references.map((reference, index) => (place(index) < right ? reference : 1 - reference));
  return [{ split: "dev", references, predictions }];
}

function untouched(task: string): RunRecord {
  const { run, scores, counts, ...rest } = syntheticRecord(all, {
    task,
    settings: { protocol: "tuned", epochs: null, steps: 0 },
  });
  const point = { ...scores!.best, step: 0, epoch: 0, score: 48 };
  return {
    ...rest,
    id: `untouched-${task}-0-5e4d`,
    run: { ...run, stage: "baseline", method: "untouched", methodPackage: "", methodConfig: null },
    counts: { ...counts!, trainableParams: 0, backwardLayers: 0 },
    scores: { ...scores!, best: point, last: point, evaluations: [], ...reported(96, 0) },
    answers: answers({ right: 96, from: 0 }, 0),
  };
}

/** Four trials of 10 updates, then the better two of 20. */
function trials(method: TunedMethod, task: string): RunRecord[] {
  const ranked = method.trials.map((score, index) => ({ score, number: index + 1 }));
  const better = [...ranked].sort((a, b) => (b.score ?? 0) - (a.score ?? 0)).slice(0, 2);
  return [
    ...ranked.map((trial) => trialRecord(method, task, { ...trial, rung: 1 })),
    ...better.map(({ score, number }) => trialRecord(method, task, { score: score! + 1, number, rung: 2 })),
  ];
}

function trialRecord(
  method: TunedMethod,
  task: string,
  { score, number, rung }: { score: number | null; number: number; rung: number },
): RunRecord {
  const settings = { protocol: "tuned", learningRate: rates[number - 1]!, epochs: null, steps: 10 * rung } as const;
  const { run, scores, time, ...rest } = syntheticRecord(method, { task, energy: true, settings });
  const place = { number, of: method.trials.length, rung, rungs: 2 };
  const record = {
    ...rest,
    id: `${method.name}-${task}-0-trial-${number}-${rung}`,
    run: { ...run, stage: "trial" as const, trial: place },
    time: { ...time!, trainTimeS: 10 * rung * method.cost, evalTimeS: 2 },
    scores: { ...scores!, best: { ...scores!.best, score: score ?? 0, interval: null } },
  };
  if (score !== null) return record;
  const error = { name: "RunError", code: "E_DIVERGED", message: "the loss is not finite", stack: null };
  return { ...record, status: "failed", error: { ...error, exitCode: 1, signal: null }, scores: null };
}

function bestTrial({ trials: scores }: TunedMethod): number {
  return scores.reduce<number>((best, score, index) => ((score ?? 0) > (scores[best] ?? 0) ? index : best), 0);
}

const rateOf = (method: TunedMethod): number => rates[bestTrial(method)]!;

function chosen(method: TunedMethod): RunRecord["run"]["chosen"] {
  const best = bestTrial(method);
  const edge = best === 0 ? "lowest" : best === rates.length - 1 ? "highest" : null;
  const of = method.trials.length;
  return { ...{ trial: best + 1, of, edge }, learningRate: rateOf(method), validationScore: method.trials[best]! + 1 };
}
