import type { ActivationCache } from "@petl/activation-cache";
import { NotFiniteError } from "@petl/backbone";
import type { Prediction } from "@petl/task";
import { type Answer, predict } from "./answer/predict.js";
import type { EvaluationResult } from "./events.js";
import type { TrainSettings } from "./settings.js";
import type { ScoredSets, TaskData } from "./task-data.js";
import type { TunedModel } from "./tuned-model.js";
import { nowS } from "./windows.js";

/** An evaluation's result and its predictions. */
export interface Evaluated {
  readonly result: EvaluationResult;
  /** One list for each evaluation set. */
  readonly predictions: readonly (readonly Prediction[])[];
}

export interface EvaluateOptions {
  /** Updates made before; default 0. */
  readonly step?: number;
  /** Epoch of the last update; default 0. */
  readonly epoch?: number;
  readonly cache?: ActivationCache | null;
  readonly signal?: AbortSignal | undefined;
}

/** Scores a model on all of a task's evaluation sets. @throws NotFiniteError for a logit or score that is not finite; an aborted signal's reason */
export async function evaluate(
  model: TunedModel,
  task: Pick<TaskData, "answering"> & ScoredSets,
  settings: TrainSettings,
  { step = 0, epoch = 0, cache = null, signal }: EvaluateOptions = {},
): Promise<Evaluated> {
  const startS = nowS();
  const origin = {
    place: `evaluation after step ${step}`,
    remedy:
      step === 0
        ? "no update was made: check the weights and the method's settings"
        : "training diverged: lower --learning-rate or the method's scale",
  };
  const answered: (readonly Answer[])[] = [];
  let backboneForwards = 0;
  for (const { examples } of task.evaluations) {
    const { answers, forwards } = await predict(model, task.answering, examples, settings, { cache, origin, signal });
    answered.push(answers);
    backboneForwards += forwards;
  }
  const predictions = answered.map((answers) => answers.map(({ value }) => value));
  const { score, metrics, invalid, notices } = task.score(predictions);
  const odd = Object.entries({ score, ...metrics }).find(([, value]) => !Number.isFinite(value));
  if (odd !== undefined) throw new NotFiniteError(origin.place, odd[0], odd[1], "the task cannot be scored so");
  const result = {
    step,
    epoch,
    split: task.evaluations.map(({ name }) => name).join("+"),
    score,
    loss: task.loss(answered),
    metrics,
    examples: task.evaluations.reduce((sum, { examples }) => sum + examples.length, 0),
    invalid,
    notices,
    backboneForwards,
    wallTimeS: nowS() - startS,
  };
  return { result, predictions };
}

/** Whether an evaluation has the higher score, or the same score and a lower loss. */
export function isBetter(
  { score, loss }: Pick<EvaluationResult, "score" | "loss">,
  than: Pick<EvaluationResult, "score" | "loss">,
): boolean {
  return score === than.score ? loss !== null && than.loss !== null && loss < than.loss : score > than.score;
}
