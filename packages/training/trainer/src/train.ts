import { type ActivationCache, type CacheSettings, defaultCacheSettings, openRunCache } from "@petl/activation-cache";
import { type BackboneModel, findNotFinite, NotFiniteError } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { isAborted } from "./aborted.js";
import { type Evaluated, evaluate, isBetter } from "./evaluate.js";
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
  /** Whether the device computes in so small a range that the loss is scaled where the settings leave that to it; default: false. */
  readonly needsLossScaling?: boolean | undefined;
  /** Ends the run between two updates or batches of an evaluation; its state is handed to `onRunState` before. */
  readonly signal?: AbortSignal | undefined;
  /** Waits until the device has finished its work, so that windows and epochs end when their work does. */
  readonly synchronize?: () => Promise<void>;
  /** Where an earlier process of this run stopped; settings and data must be the same. */
  readonly resume?: ResumePoint;
  /** Called after each evaluation but the last and before an aborted run ends, outside all windows, with the state a later process resumes from. */
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
 * attached. @throws DivergedError, LossScaleError, NotFiniteError, AttachmentError; an aborted signal's reason
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
  const { onEvent: emit = () => {}, synchronize = async () => {}, needsLossScaling = false } = input;
  const { steps, stepsPerEpoch } = length;
  const evalEvery = settings.evalEvery ?? stepsPerEpoch;
  const epochOf = (step: number): number => Math.ceil(step / stepsPerEpoch);
  const endsEpoch = (step: number): boolean => step % stepsPerEpoch === 0 || step === steps;
  const random = seededRandom(settings.seed);
  const windows = new Windows(emit, synchronize);

  let step = resume?.step ?? 0;
  let best = resume?.best ?? null;
  const evaluations = [...(resume?.evaluations ?? [])];
  const updater = new Updater(model, { task, settings, length, resume, random, cache, needsLossScaling, emit });
  if (resume !== undefined) restoreTraining(model, updater.state, resume);
  let bestWeights: Weights | null = null; // kept only for a test, on the host: it is no part of what training needs
  if (resume !== undefined && best !== null && task.test !== null)
    bestWeights = readBest(model, resume, best.step === step);

  const isDue = (): boolean => step % evalEvery === 0 || step === steps;
  const isEvaluated = (): boolean => (evaluations.at(-1)?.step ?? (steps === 0 ? null : 0)) === step;
  const isOver = (): boolean =>
    isEvaluated() && (step === steps || hasSettled(evaluations, best, settings.patience, stepsPerEpoch));
  const trainToEvaluation = async (): Promise<void> => {
    do {
      step = await updater.next((step + 1) % evalEvery === 0 || step + 1 === steps);
      if (endsEpoch(step)) await windows.endEpoch(epochOf(step));
    } while (!isDue() && !(await isAborted(signal)));
  };
  const evaluateNow = async (): Promise<Evaluated | null> => {
    try {
      const evaluated = await evaluate(model, task, settings, { step, epoch: epochOf(step), cache, signal });
      emit({ type: "evaluation", ...evaluated.result });
      return evaluated;
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return null;
      await checkTrained(model, step); // names the cause where it is a tensor
      throw error;
    }
  };
  const keepState = async (): Promise<void> => {
    const unloggedLosses = await updater.unloggedLosses();
    const kept = best?.step === step ? null : bestWeights;
    await onRunState?.({
      step,
      best,
      unloggedLosses,
      lossScale: updater.lossScale,
      tensors: trainingTensors(model, updater.state),
      bestWeights: kept,
    });
  };

  while (!isOver()) {
    if (isEvaluated() || !isDue()) await windows.run("training", trainToEvaluation);
    const evaluated = (await isAborted(signal)) ? null : await windows.run("evaluation", evaluateNow);
    if (evaluated === null) {
      await keepState();
      throw signal!.reason;
    }
    const { result, predictions } = evaluated;
    if (cache !== null) emit({ type: "cache", reason: null, figures: cache.figures });
    evaluations.push(result);
    if (best === null || isBetter(result, best)) {
      best = { step, score: result.score, loss: result.loss, predictions };
      if (task.test !== null) bestWeights = await copyWeights(model);
    }
    if (!isOver()) await keepState();
  }
  if (!endsEpoch(step)) await windows.endEpoch(epochOf(step));

  updater.dispose();
  await checkTrained(model, step);
  if (bestWeights !== null && best!.step !== step) restoreWeights(model, bestWeights);
  await reportScore({ ...input, task, settings, signal }, model, { best: best!, epoch: epochOf(best!.step), windows });
  return evaluations;
}

interface Chosen {
  readonly best: BestEvaluation;
  readonly epoch: number;
  readonly windows: Windows;
}

/** Says what lies behind the score that counts: of the test, which is read and scored now, or of the best evaluation. */
async function reportScore<Config>(
  { task, settings, signal, onEvent: emit = () => {} }: TrainInput<Config>,
  model: TunedModel,
  { best, epoch, windows }: Chosen,
): Promise<void> {
  const { step } = best;
  const test = await task.test?.();
  let sets: ScoredSets = task;
  let { predictions } = best;
  if (test !== undefined) {
    const scored = { ...test, answering: task.answering };
    const tested = await windows.run("evaluation", () => evaluate(model, scored, settings, { step, epoch, signal }));
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

/** Whether training has run for `patience` evaluations and a whole epoch since the best without a better one. */
function hasSettled(
  evaluations: readonly EvaluationResult[],
  best: BestEvaluation | null,
  patience: number | null,
  stepsPerEpoch: number,
): boolean {
  if (patience === null || best === null) return false;
  const since = evaluations.filter(({ step }) => step > best.step);
  return since.length >= patience && evaluations.at(-1)!.step - best.step >= stepsPerEpoch;
}
