import type { ActivationCache } from "@petl/activation-cache";
import { adamW, type Schedule, schedule, type Tensors } from "@petl/optim";
import type { Random, Tensor } from "@petl/tensor";
import { disposeBatch, epochBatches, lossTerms, makeBatch, microBatches, trainingRow } from "./batches.js";
import { DivergedError } from "./diverged-error.js";
import type { TokenizedExample } from "./encode/example.js";
import type { TrainEvent } from "./events.js";
import { type LossScaler, type LossScaleState, lossScalerOf } from "./loss-scale.js";
import type { ResumePoint } from "./resume.js";
import type { plannedSteps, TrainSettings } from "./settings.js";
import { type StepSettings, UpdateGradients } from "./step.js";
import type { TaskData } from "./task-data.js";
import { Trainee } from "./trainee.js";
import type { TunedModel } from "./tuned-model.js";
import { type Update, updatesAfter } from "./updates.js";
import { nowS } from "./windows.js";

export interface UpdaterOptions {
  readonly task: TaskData;
  readonly settings: TrainSettings;
  readonly length: ReturnType<typeof plannedSteps>;
  /** Where the process stopped that this run resumes from. */
  readonly resume: Pick<ResumePoint, "step" | "unloggedLosses" | "lossScale"> | undefined;
  /** The run's stream, from which those of epochs and steps are forked. */
  readonly random: Random;
  readonly cache: ActivationCache | null;
  /** Of the device. */
  readonly needsLossScaling: boolean;
  readonly emit: (event: TrainEvent) => void;
}

/** Makes the updates of a run one by one: makes the batch, reads the activation cache, trains a step, reports the loss. */
export class Updater {
  readonly #trainee: Trainee;
  readonly #rate: Schedule;
  /** Null: the loss is not scaled. */
  readonly #scaler: LossScaler | null;
  readonly #updates: Generator<Update, never, void>;
  /** Losses of each update that were not read yet, one of each micro-batch. */
  readonly #unread: (readonly Tensor[])[] = [];
  /** Losses of updates that were read and not logged yet. */
  #unlogged: number[];

  constructor(
    readonly model: TunedModel,
    readonly options: UpdaterOptions,
  ) {
    const { task, settings, length, resume, random, cache } = options;
    this.#scaler = lossScalerOf(settings, options.needsLossScaling, resume?.lossScale);
    const optimizer = adamW({ weightDecay: settings.weightDecay });
    this.#trainee = new Trainee(model, optimizer, resume?.step, this.lossScale?.skipped);
    this.#rate = schedule(settings.schedule, length.warmupSteps, length.steps);
    this.#unlogged = [...(resume?.unloggedLosses ?? [])];
    this.#updates = updatesAfter(resume?.step ?? 0, length.stepsPerEpoch, (epoch) => {
      cache?.nextEpoch();
      return epochBatches(task.train, settings.batchSize, settings.bucketing, random.fork("order").fork(epoch));
    });
  }

  /** The optimizer's state after the last update. */
  get state(): Tensors {
    return this.#trainee.state;
  }

  /** The state of the loss scale; null where the loss is not scaled. */
  get lossScale(): LossScaleState | null {
    return this.#scaler?.state ?? null;
  }

  /** Makes the next update, logs the loss if it is due or `mustLog`, and returns the update's number. @throws DivergedError, LossScaleError */
  async next(mustLog: boolean): Promise<number> {
    const { settings, random, cache, emit } = this.options;
    const { step, epoch, batch: indices, nextBatch } = this.#updates.next().value;
    const startS = nowS();
    const examples = this.#examples(indices);
    const terms = termsOf(examples);
    const stepRandom = random.fork("step").fork(step);
    const parts = microBatches(examples, settings.accumulate);
    const [afterwards = []] = microBatches(this.#examples(nextBatch), settings.accumulate);
    const rows = (part: readonly TokenizedExample[]) => part.map(trainingRow);

    const update = new UpdateGradients(this.#trainee, step, this.#scaler?.scale);
    const seen = { tokens: 0, paddedTokens: 0, backboneForwards: 0, sourceTokens: 0, targetTokens: 0 };
    for (const [index, part] of parts.entries()) {
      const batch = makeBatch(part, this.model.backbone);
      seen.tokens += batch.tokens;
      const [, sourceTokens, positions] = batch.inputs.shape;
      seen.paddedTokens += batch.inputs.paddedTokens;
      seen.sourceTokens = Math.max(seen.sourceTokens, sourceTokens);
      seen.targetTokens = Math.max(seen.targetTokens, positions);
      const cached = await cache?.batch(rows(part));
      seen.backboneForwards += cached?.forwards ?? part.length;
      cache?.readAhead(rows(parts[index + 1] ?? afterwards));
      const recordings = cached?.recordings ?? null;
      const partRandom = parts.length === 1 ? stepRandom : stepRandom.fork("micro-batch").fork(index);
      update.add({ batch, random: partRandom, recordings, share: termsOf(part) / terms });
      disposeBatch(batch);
    }

    const learningRate = settings.learningRate * this.#rate(step);
    const isSkipped = !(await this.#apply(update, { learningRate, clipNorm: settings.clipNorm }));
    const scaling = this.#scaler === null ? {} : { lossScale: this.#scaler.scale, isSkipped };
    const loss = mustLog || step % settings.logEvery === 0 ? await this.#meanLoss() : undefined;

    const { tokens, paddedTokens, backboneForwards } = seen;
    const shape = [indices.length, seen.sourceTokens, seen.targetTokens] as const;
    const figures = { loss, learningRate, tokens, paddedTokens, shape, backboneForwards, ...scaling };
    emit({ type: "step", step, epoch, ...figures, wallTimeS: nowS() - startS });
    if (loss !== undefined && !Number.isFinite(loss)) throw new DivergedError(step, loss);
    this.#scaler?.hear(step, !isSkipped);
    return step;
  }

  /** Makes an update, but not where the loss is scaled and its gradients are not finite -> whether it was made. */
  async #apply(update: UpdateGradients, settings: Omit<StepSettings, "step">): Promise<boolean> {
    if (this.#scaler !== null && !(await update.areFinite())) {
      update.skip();
      return false;
    }
    update.apply(settings);
    this.#unread.push(update.losses);
    return true;
  }

  /** Losses of the updates since one was logged last. */
  async unloggedLosses(): Promise<readonly number[]> {
    for (const parts of this.#unread.splice(0)) {
      let loss = 0;
      for (const part of parts) loss += await readScalar(part);
      this.#unlogged.push(loss);
    }
    return this.#unlogged;
  }

  /** Mean loss of the updates since it was read last, or that of the first that is not finite; undefined where all were skipped. */
  async #meanLoss(): Promise<number | undefined> {
    const losses = await this.unloggedLosses();
    this.#unlogged = [];
    if (losses.length === 0) return undefined;
    return losses.find((loss) => !Number.isFinite(loss)) ?? losses.reduce((sum, loss) => sum + loss) / losses.length;
  }

  dispose(): void {
    this.#trainee.dispose();
  }

  #examples(indices: readonly number[]): TokenizedExample[] {
    return indices.map((index) => this.options.task.train[index]!);
  }
}

/** What some examples weigh in the loss of their update. */
const termsOf = (examples: readonly TokenizedExample[]): number =>
  examples.reduce((sum, example) => sum + lossTerms(example), 0);

async function readScalar(tensor: Tensor): Promise<number> {
  const [value] = await tensor.data();
  tensor.dispose();
  return value!;
}
