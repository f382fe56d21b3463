import type { T5 } from "@petl/backbone";
import type { Prediction } from "@petl/glue";
import { adamW, schedule } from "@petl/optim";
import { backwardDepth, type PetlMethod } from "@petl/spec";
import { peakBytes, resetPeakBytes, seededRandom, type Tensor, tf } from "@petl/tensor";
import {
  type ActivationCache,
  type CacheSettings,
  defaultCacheSettings,
  openRunCache,
} from "./activation-cache/index.js";
import { disposeBatch, epochBatches, makeBatch, trainingRow } from "./batches.js";
import type { EvaluationResult, TrainEvent } from "./events.js";
import { predict } from "./predict.js";
import {
  type BestEvaluation,
  type ResumePoint,
  restoreTraining,
  type TrainingState,
  trainingTensors,
} from "./resume.js";
import { plannedSteps, type TrainSettings } from "./settings.js";
import { trainStep } from "./step.js";
import type { TaskData } from "./task-data.js";
import { TunedModel } from "./tuned-model.js";

export interface TrainInput<Config> {
  readonly backbone: T5;
  readonly method: PetlMethod<Config>;
  readonly config: Config;
  readonly task: TaskData;
  readonly settings: TrainSettings;
  /** Whether and where what is read of a frozen backbone is kept; it changes what a run costs, not what comes out. */
  readonly cache?: Partial<CacheSettings>;
  readonly onEvent?: (event: TrainEvent) => void;
  /** Stops between two updates. */
  readonly signal?: AbortSignal;
  /** Waits for the device; a step's time ends when its work has. */
  readonly synchronize?: () => Promise<void>;
  /** Where an earlier process of this very run stopped; its settings and data must be the same. */
  readonly resume?: ResumePoint;
  /** Called after each evaluation but the last, outside all windows, with what a later process needs to go on. */
  readonly onRunState?: (state: TrainingState) => Promise<void>;
}

export interface TrainResult {
  readonly evaluations: readonly EvaluationResult[];
  /** The model as the last update left it; the caller disposes it. */
  readonly model: TunedModel;
}

/** The loss was not a number: the learning rate is too high for this method, task or backbone. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  readonly code = "E_DIVERGED";
  constructor(
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      `training diverged: expected a finite loss, got ${loss} at step ${step}; lower --learning-rate or the method's scale`,
    );
  }
}

/**
 * Trains a method on a task and evaluates it as often as the settings say: the one loop for every method.
 *
 * The same settings and seed give bitwise the same losses on one device. @throws DivergedError, AttachmentError;
 * an aborted signal's reason
 */
export async function train<Config>(input: TrainInput<Config>): Promise<TrainResult> {
  const { backbone, method, config, task, settings } = input;
  const emit = input.onEvent ?? (() => {});
  const random = seededRandom(settings.seed);
  const model = TunedModel.attach(backbone, method, config, random.fork("attach"), settings);
  const { steps, stepsPerEpoch, warmupSteps } = plannedSteps(settings, task.train.length);
  emit({ type: "attached", ...counts(model), steps, stepsPerEpoch, warmupSteps });
  const cacheSettings = { ...defaultCacheSettings, ...input.cache };
  const cache = await openRunCache(model, cacheSettings, steps > stepsPerEpoch, emit);
  return trainLoop(input, model, cache).finally(() => cache?.close());
}

async function trainLoop<Config>(
  { backbone, task, settings, signal, ...input }: TrainInput<Config>,
  model: TunedModel,
  cache: ActivationCache | null,
): Promise<TrainResult> {
  const emit = input.onEvent ?? (() => {});
  const synchronize = input.synchronize ?? (async () => {});
  const random = seededRandom(settings.seed);
  const { steps, stepsPerEpoch, warmupSteps } = plannedSteps(settings, task.train.length);
  const optimizer = adamW({ weightDecay: settings.weightDecay });
  const state = optimizer.init(model.trained);
  const rate = schedule(settings.schedule, warmupSteps, steps);
  const { resume } = input;
  const evaluations: EvaluationResult[] = [...(resume?.evaluations ?? [])];
  let best: BestEvaluation | null = resume?.best ?? null;
  const doneBefore = resume?.step ?? 0;
  if (resume !== undefined) restoreTraining(model, state, resume);
  const window = async (name: "training" | "evaluation", edge: "begin" | "end"): Promise<void> => {
    await synchronize();
    emit({ type: "window", window: name, edge, atS: nowS() });
    if (edge === "begin") resetPeakBytes();
    else emit({ type: "memory", window: name, peak: peakBytes() });
  };

  const endEpoch = async (epoch: number): Promise<void> => {
    await synchronize();
    emit({ type: "epoch", epoch, atS: nowS() });
  };
  const rowsOf = (indices: readonly number[] = []) =>
    indices.map((index) => trainingRow(task.train[index]!, backbone.config.decoderStartId));

  let step = doneBefore;
  let lastStep = steps; // sooner where scores no longer rise
  await window("training", "begin");
  for (let epoch = Math.floor(doneBefore / stepsPerEpoch) + 1; step < lastStep; epoch++) {
    const batches = epochBatches(task.train, settings.batchSize, settings.bucketing, random.fork("order").fork(epoch));
    cache?.nextEpoch();
    for (const [position, indices] of batches.entries()) {
      if (step === lastStep) break;
      if ((epoch - 1) * stepsPerEpoch + position < doneBefore) continue;
      signal?.throwIfAborted();
      step += 1;
      const startS = nowS();
      const batch = makeBatch(
        indices.map((index) => task.train[index]!),
        backbone.config.padId,
        backbone.config.decoderStartId,
      );
      const learningRate = settings.learningRate * rate(step);
      const stepSettings = { step, learningRate, clipNorm: settings.clipNorm };
      const cached = (await cache?.batch(rowsOf(indices))) ?? { recordings: null, forwards: indices.length };
      cache?.readAhead(rowsOf(batches[position + 1]));
      const stepRandom = random.fork("step").fork(step);
      const { loss } = trainStep(model, optimizer, state, batch, stepSettings, stepRandom, cached.recordings);
      disposeBatch(batch);
      const value = await readScalar(loss);
      const { tokens, paddedTokens } = batch;
      const shape = [indices.length, batch.sources.shape[1]!, batch.decoderInputs.shape[1]!] as const;
      const figures = { loss: value, learningRate, tokens, paddedTokens, shape, backboneForwards: cached.forwards };
      emit({ type: "step", step, epoch, ...figures, wallTimeS: nowS() - startS });
      if (!Number.isFinite(value)) throw new DivergedError(step, value);
      const isEpochEnd = position === batches.length - 1 || step === steps;
      if (isEpochEnd) await endEpoch(epoch);
      const isDue = settings.evalEvery === null ? step % stepsPerEpoch === 0 : step % settings.evalEvery === 0;
      if (!isDue && step !== steps) continue;
      await window("training", "end");
      await window("evaluation", "begin");
      const { predictions, ...result } = await evaluate(model, task, settings, step, epoch, cache);
      if (best === null || result.score > best.score) best = { step, score: result.score, predictions };
      evaluations.push(result);
      emit({ type: "evaluation", ...result });
      await window("evaluation", "end");
      if (cache !== null) emit({ type: "cache", reason: null, figures: cache.figures });
      if (hasSettled(evaluations, best.step, settings.patience, stepsPerEpoch)) lastStep = step;
      if (step === lastStep && !isEpochEnd) await endEpoch(epoch);
      if (step === lastStep) continue;
      await input.onRunState?.({ step, best, tensors: trainingTensors(model, state) });
      await window("training", "begin");
    }
  }
  tf.dispose(Object.values(state));
  if (best !== null) {
    const draw = random.fork("interval").integers;
    emit({ type: "interval", step: best.step, interval: task.interval(best.predictions, draw) });
  }
  return { evaluations, model };
}

/** Whether neither the last `patience` evaluations nor a whole epoch, up to now, brought a better score than that at `bestStep`. */
function hasSettled(
  evaluations: readonly EvaluationResult[],
  bestStep: number,
  patience: number | null,
  stepsPerEpoch: number,
): boolean {
  if (patience === null) return false;
  const since = evaluations.filter(({ step }) => step > bestStep);
  return since.length >= patience && evaluations.at(-1)!.step - bestStep >= stepsPerEpoch;
}

/** An evaluation with what was predicted, one list for each evaluation set. */
export interface Evaluated extends EvaluationResult {
  readonly predictions: readonly (readonly Prediction[])[];
}

/** Scores a model on all of a task's evaluation sets. */
export async function evaluate(
  model: TunedModel,
  task: TaskData,
  settings: TrainSettings,
  step = 0,
  epoch = 0,
  cache: ActivationCache | null = null,
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
  return {
    step,
    epoch,
    split: task.evaluations.map(({ name }) => name).join("+"),
    score,
    metrics,
    examples: task.evaluations.reduce((sum, { examples }) => sum + examples.length, 0),
    invalid,
    backboneForwards,
    wallTimeS: nowS() - startS,
    predictions,
  };
}

/** What a model costs, derived from what the method attached. */
export function counts(model: TunedModel) {
  const { backbone, params, trained, gradientStart } = model;
  const size = (tensors: Iterable<Tensor>): number => [...tensors].reduce((sum, tensor) => sum + tensor.size, 0);
  return {
    trainableParams: size(Object.values(trained)),
    totalParams: size(Object.values(backbone.params)) + size(Object.values(params)),
    ...backwardDepth(backbone, gradientStart),
    gradientStart: backbone.sites[gradientStart]?.name ?? null,
    sites: backbone.sites.length,
  };
}

async function readScalar(tensor: Tensor): Promise<number> {
  const [value] = await tensor.data();
  tensor.dispose();
  return value!;
}

const nowS = (): number => (performance.timeOrigin + performance.now()) / 1000;
