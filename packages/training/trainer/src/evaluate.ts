import type { ActivationCache } from "@petl/activation-cache";
import type { Prediction } from "@petl/glue";
import type { EvaluationResult } from "./events.js";
import { predict } from "./predict.js";
import type { TrainSettings } from "./settings.js";
import type { TaskData } from "./task-data.js";
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
}

/** Scores a model on all of a task's evaluation sets. */
export async function evaluate(
  model: TunedModel,
  task: TaskData,
  settings: TrainSettings,
  { step = 0, epoch = 0, cache = null }: EvaluateOptions = {},
): Promise<Evaluated> {
  const startS = nowS();
  const predictions: Prediction[][] = [];
  let backboneForwards = 0;
  for (const { examples } of task.evaluations) {
    const { texts, forwards } = await predict(model, task, examples, settings, { cache });
    predictions.push(texts.map((text) => task.parse(text)));
    backboneForwards += forwards;
  }
  const { score, metrics, invalid } = task.score(predictions);
  const result = {
    step,
    epoch,
    split: task.evaluations.map(({ name }) => name).join("+"),
    score,
    metrics,
    examples: task.evaluations.reduce((sum, { examples }) => sum + examples.length, 0),
    invalid,
    backboneForwards,
    wallTimeS: nowS() - startS,
  };
  return { result, predictions };
}
