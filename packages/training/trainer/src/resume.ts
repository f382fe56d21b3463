import type { Prediction } from "@petl/task";
import { overwrite, type Tensor, tf } from "@petl/tensor";
import type { EvaluationResult } from "./events.js";
import type { LossScaleState } from "./loss-scale.js";
import type { TunedModel } from "./tuned-model.js";

type Tensors = Readonly<Record<string, Tensor>>;

const trainedPrefix = "trained.";

/** The best evaluation so far and its predictions, one list for each evaluation set. */
export interface BestEvaluation {
  readonly step: number;
  readonly score: number;
  readonly loss: number | null;
  readonly predictions: readonly (readonly Prediction[])[];
}

/**
 * The state of a run between two updates. With it, the settings and the data, a later process continues with the same bits.
 *
 * There is no generator state: every random stream is forked from the seed by the number of its epoch or step.
 */
export interface TrainingState {
  /** Updates made. */
  readonly step: number;
  readonly best: BestEvaluation | null;
  /** Losses of the updates since one was logged last. */
  readonly unloggedLosses: readonly number[];
  /** Null where the loss is not scaled. */
  readonly lossScale: LossScaleState | null;
  /** Trained tensors and the optimizer's state, by name. They are live: the next update changes them. */
  readonly tensors: Tensors;
  /** The trained tensors as the best evaluation had them; null where nothing needs them, or `tensors` are those. */
  readonly bestWeights: Weights | null;
}

/** Values by name, in host memory. */
export type Weights = Readonly<Record<string, StoredTensor>>;

interface StoredTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

const bestPrefix = "best.";

/** Names of the best weights where tensors of a state are stored. */
export function bestTensors(weights: Weights): Weights {
  return prefixed(bestPrefix, weights);
}

/** Where an earlier process stopped. */
export interface ResumePoint {
  readonly step: number;
  readonly best: BestEvaluation | null;
  readonly evaluations: readonly EvaluationResult[];
  /** As in the state it kept. */
  readonly unloggedLosses: readonly number[];
  readonly lossScale: LossScaleState | null;
  /** Values of the tensor of that name, row-major. */
  read(name: string): Float32Array;
}

/** Every tensor that an update changes, by a unique name. */
export function trainingTensors(model: TunedModel, optimizer: Tensors): Tensors {
  return { ...prefixed(trainedPrefix, model.trained), ...prefixed("optimizer.", optimizer) };
}

/** Restores saved values into a model and its optimizer's state. */
export function restoreTraining(model: TunedModel, optimizer: Tensors, { read }: ResumePoint): void {
  for (const [name, tensor] of Object.entries(model.trained)) restore(tensor, read(trainedPrefix + name));
  for (const [name, tensor] of Object.entries(optimizer)) restore(tensor, read(`optimizer.${name}`));
}

/** Copies the trained tensors of a model to host memory. */
export async function copyWeights({ trained }: TunedModel): Promise<Weights> {
  const copies: Record<string, StoredTensor> = {};
  for (const [name, tensor] of Object.entries(trained))
    copies[name] = { shape: tensor.shape, values: Float32Array.from((await tensor.data()) as Float32Array) };
  return copies;
}

/** The best weights of a stored state, which has the model's own where `isBest`. */
export function readBest({ trained }: TunedModel, { read }: ResumePoint, isBest: boolean): Weights {
  const prefix = isBest ? trainedPrefix : bestPrefix;
  return Object.fromEntries(
    Object.entries(trained).map(([name, { shape }]) => [name, { shape, values: read(prefix + name) }]),
  );
}

/** Gives a model's trained tensors earlier values. */
export function restoreWeights(model: TunedModel, weights: Weights): void {
  for (const [name, tensor] of Object.entries(model.trained)) restore(tensor, weights[name]!.values);
}

function restore(tensor: Tensor, values: Float32Array): void {
  const value = tf.tensor(values, tensor.shape);
  overwrite(tensor, value);
  value.dispose();
}

function prefixed<Value>(prefix: string, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}
