import type { Prediction } from "@petl/glue";
import { type ByteCategory, type Tensor, tf, type Variable, withByteCategory } from "@petl/tensor";
import type { EvaluationResult } from "./events.js";
import type { TunedModel } from "./tuned-model.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** The best evaluation so far and its predictions, one list for each evaluation set. */
export interface BestEvaluation {
  readonly step: number;
  readonly score: number;
  readonly predictions: readonly (readonly Prediction[])[];
}

/**
 * The state of a run after an evaluation. With it, the settings and the data, a later process continues with the same bits.
 *
 * There is no generator state: every random stream is forked from the seed by the number of its epoch or step.
 */
export interface TrainingState {
  /** Updates made. */
  readonly step: number;
  readonly best: BestEvaluation | null;
  /** Trained tensors and the optimizer's state, by name. They are live: the next update changes them. */
  readonly tensors: Tensors;
}

/** Where an earlier process stopped. */
export interface ResumePoint {
  readonly step: number;
  readonly best: BestEvaluation | null;
  readonly evaluations: readonly EvaluationResult[];
  /** Values of the tensor of that name, row-major. */
  read(name: string): Float32Array;
}

/** Every tensor that an update changes, by a unique name. */
export function trainingTensors(model: TunedModel, optimizer: Tensors): Tensors {
  return { ...prefixed("trained.", model.trained), ...prefixed("optimizer.", optimizer) };
}

/** Restores saved values into a model and its optimizer's state, counted in their former byte categories. */
export function restoreTraining(model: TunedModel, optimizer: Tensors, { read }: ResumePoint): void {
  for (const [name, tensor] of Object.entries(model.trained))
    assign(tensor, read(`trained.${name}`), model.params[name] === undefined ? "backbone" : "method");
  for (const [name, tensor] of Object.entries(optimizer)) assign(tensor, read(`optimizer.${name}`), "optimizer");
}

function assign(tensor: Tensor, values: Float32Array, category: ByteCategory): void {
  const value = withByteCategory(category, () => tf.tensor(values, tensor.shape));
  (tensor as Variable).assign(value);
  value.dispose();
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}
