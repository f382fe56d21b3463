import { type ActivationCache, type CacheSettings, defaultCacheSettings, openRunCache } from "@petl/activation-cache";
import { type BackboneModel, findNotFinite, NotFiniteError } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { type Evaluated, evaluate } from "./evaluate.js";
import type { EvaluationResult, TrainEvent } from "./events.js";
import {
  type BestEvaluation,
  copyWeights,
  type ResumePoint,
  readBest,
  restoreTraining,
  restoreWeights,
  type TrainingState,
  trainingTensors,
  type Weights,
} from "./resume.js";
import { plannedSteps, type TrainSettings } from "./settings.js";
import type { ScoredSets, TaskData } from "./task-data.js";
import { counts, TunedModel } from "./tuned-model.js";
import { Updater } from "./updater.js";
import { Windows } from "./windows.js";

export interface TrainInput<Config> {
  /** With the head of the task, where a head answers. */
  readonly backbone: BackboneModel;
  readonly method: PetlMethod<Config>;
  readonly config: Config;
  readonly task: TaskData;
  readonly settings: TrainSettings;
  /** Whether and where activations of a frozen backbone are kept; this changes what a run costs, not its result. */
  readonly cache?: Partial<CacheSettings>;
  readonly onEvent?: (event: TrainEvent) => void;
  /** Stops between two updates. */
  readonly signal?: AbortSignal;
  /** Waits until the device has finished its work, so that windows and epochs end when their work does. */
  readonly synchronize?: () => Promise<void>;
  /** Where an earlier process of this run stopped; settings and data must be the same. */
  readonly resume?: ResumePoint;
  /** Called after each evaluation but the last, outside all windows, with the state a later process resumes from. */
  readonly onRunState?: (state: TrainingState) => Promise<void>;
}

export interface TrainResult {
  readonly evaluations: readonly EvaluationResult[];
  /** The model as the last update left it, or, where it was tested, as the best evaluation had it; the caller disposes it. */
  readonly model: TunedModel;
}

/**
 * Trains a method on a task and evaluates it as often as the settings ask: the one loop for every method. Where the task has a test,
 * the model of the best evaluation is scored on it, once, at the end.
 *
 * The same settings and seed give bitwise the same losses on one device. With `steps: 0` the model is evaluated once, as
 * attached. @throws DivergedError, NotFiniteError, AttachmentError; an aborted signal's reason
 */
export async function train<Config>(input: TrainInput<Config>): Promise<TrainResult> {
  const { backbone, method, config, task, settings, onEvent: emit = () => {} } = input;
  const model = TunedModel.attach(backbone, method, config, seededRandom(settings.seed).fork("attach"), settings);
  const length = plannedSteps(settings, task.train.length);
  emit({ type: "attached", ...counts(model), ...length });
  const cacheSettings = { ...defaultCacheSettings, ...input.cache };
  const warn = (message: string): void => emit({ type: "warning", message });
  const { cache, reason } = await openRunCache(model, cacheSettings, length.steps > length.stepsPerEpoch, warn);
  if (cache === null) emit({ type: "cache", reason, figures: null });
  const evaluations = await trainLoop(input, model, length, cache).finally(() => cache?.close());
  return { evaluations, model };
}

async function trainLoop<Config>(
  { task, settings, signal, resume, onRunState, ...input }: TrainInput<Config>,
  model: TunedModel,
  length: ReturnType<typeof plannedSteps>,
  cache: ActivationCache | null,
): Promise<EvaluationResult[]> {
  const { onEvent: emit = () => {}, synchronize = async () => {} } = input;
  const { steps, stepsPerEpoch } = length;
  const evalEvery = settings.evalEvery ?? stepsPerEpoch;
  const epochOf = (step: number): number => Math.ceil(step / stepsPerEpoch);
  const endsEpoch = (step: number): boolean => step % stepsPerEpoch === 0 || step === steps;
  const random = seededRandom(settings.seed);
  const windows = new Windows(emit, synchronize);

  let step = resume?.step ?? 0;
  let best = resume?.best ?? null;
  const evaluations = [...(resume?.evaluations ?? [])];
  const updater = new Updater(model, { task, settings, length, done: step, random, cache, emit });
  if (resume !== undefined) restoreTraining(model, updater.state, resume);
  let bestWeights: Weights | null = null; // kept only for a test, on the host: it is no part of what training needs
  if (resume !== undefined && best !== null && task.test !== null)
    bestWeights = readBest(model, resume, best.step === step);

  for (;;) {
    const end = Math.min(steps, step - (step % evalEvery) + evalEvery);
    const trainToEnd = async (): Promise<void> => {
      while (step < end) {
        signal?.throwIfAborted();
        step = await updater.next(step + 1 === end);
        if (endsEpoch(step)) await windows.endEpoch(epochOf(step));
      }
    };
    if (step < end) await windows.run("training", trainToEnd);

    const evaluateNow = async (): Promise<Evaluated> => {
      const evaluated = await evaluate(model, task, settings, { step, epoch: epochOf(step), cache });
      emit({ type: "evaluation", ...evaluated.result });
      return evaluated;
    };
    const { result, predictions } = await windows.run("evaluation", evaluateNow).catch(async (error) => {
      await checkTrained(model, step); // names the cause where it is a tensor
      throw error;
    });
    if (cache !== null) emit({ type: "cache", reason: null, figures: cache.figures });
    evaluations.push(result);
    if (best === null || result.score > best.score) {
      best = { step, score: result.score, predictions };
      if (task.test !== null) bestWeights = await copyWeights(model);
    }

    if (step === steps) break;
    if (hasSettled(evaluations, best.step, settings.patience, stepsPerEpoch)) {
      if (!endsEpoch(step)) await windows.endEpoch(epochOf(step));
      break;
    }
    const tensors = trainingTensors(model, updater.state);
    await onRunState?.({ step, best, tensors, bestWeights: best.step === step ? null : bestWeights });
  }

  updater.dispose();
  await checkTrained(model, step);
  if (bestWeights !== null && best.step !== step) restoreWeights(model, bestWeights);
  await reportScore({ ...input, task, settings }, model, { best, epoch: epochOf(best.step), windows });
  return evaluations;
}

interface Chosen {
  readonly best: BestEvaluation;
  readonly epoch: number;
  readonly windows: Windows;
}

/** Says what lies behind the score that counts: of the test, which is read and scored now, or of the best evaluation. */
async function reportScore<Config>(
  { task, settings, onEvent: emit = () => {} }: TrainInput<Config>,
  model: TunedModel,
  { best, epoch, windows }: Chosen,
): Promise<void> {
  const { step } = best;
  const test = await task.test?.();
  let sets: ScoredSets = task;
  let { predictions } = best;
  if (test !== undefined) {
    const scored = { ...test, answering: task.answering };
    const tested = await windows.run("evaluation", () => evaluate(model, scored, settings, { step, epoch }));
    emit({ type: "test", ...tested.result });
    [sets, predictions] = [test, tested.predictions];
  }
  const interval = sets.interval(predictions, seededRandom(settings.seed).fork("interval").integers);
  const answers = sets.evaluations.map(({ name, references, groups }, index) => ({
    ...{ split: name, references },
    predictions: predictions[index]!.map((each) => each ?? null),
    ...(groups !== undefined && { groups }),
  }));
  emit({ type: "scored", step, interval, constant: sets.constant(), answers });
}

/** @throws NotFiniteError naming the first trained tensor that holds NaN or infinity */
async function checkTrained(model: TunedModel, step: number): Promise<void> {
  const found = await findNotFinite(model.trained);
  if (found === null) return;
  const remedy =
    step === 0 ? "check the method's settings" : "training diverged: lower --learning-rate or the method's scale";
  throw new NotFiniteError(`after step ${step}`, `values of the trained tensor "${found.name}"`, found.value, remedy);
}

/** Whether training has run for `patience` evaluations and a whole epoch since `bestStep` without a better score. */
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
