import type { Prediction } from "@petl/glue";
import { type ByteCategory, type Tensor, tf, type Variable, withByteCategory } from "@petl/tensor";
import type { EvaluationResult } from "./events.js";
import type { TunedModel } from "./tuned-model.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** The best evaluation so far and what was predicted, one list for each evaluation set. */
export interface BestEvaluation {
  readonly step: number;
  readonly score: number;
  readonly predictions: readonly (readonly Prediction[])[];
}

/**
 * A run as it stands after an evaluation: with these, the settings and the data a later process goes on with the same bits.
 *
 * There is no state of a random generator: every stream is forked from the seed by the number of its epoch or step.
 */
export interface TrainingState {
  /** Updates made. */
  readonly step: number;
  readonly best: BestEvaluation | null;
  /** Live ones, by name: what is trained and the optimizer's state. They change with the next update. */
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

/** Every tensor that an update changes, by a name of its own. */
export function trainingTensors(model: TunedModel, optimizer: Tensors): Tensors {
  return { ...prefixed("trained.", model.trained), ...prefixed("optimizer.", optimizer) };
}

/** Puts saved values into a model and its optimizer's state, counted in the categories in which they were. */
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
