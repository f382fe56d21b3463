import type { ScheduleName } from "@petl/optim";

/** How a run is trained and evaluated; the same for every method of a suite. */
export interface TrainSettings {
  readonly seed: number;
  /** Passes over the training examples; ignored where `steps` is given. */
  readonly epochs: number;
  /** Updates in all, or null to derive them from `epochs`. */
  readonly steps: number | null;
  /** Examples an update sees. */
  readonly batchSize: number;
  readonly evalBatchSize: number;
  /** Tokens of a source text, end of sequence included; longer ones lose their last pieces. */
  readonly maxLength: number;
  /** Tokens of a target text, end of sequence included. */
  readonly maxTargetLength: number;
  /** Peak learning rate, which a method may scale. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Updates of linear warm-up; null: 10 % of all, at most 500. */
  readonly warmupSteps: number | null;
  readonly schedule: ScheduleName;
  /** Global gradient norm above which gradients are scaled down; null: no clipping. */
  readonly clipNorm: number | null;
  /** The backbone's own dropout in training. */
  readonly dropout: number;
  /** Keep each differentiated block's inputs only and compute the rest again backward: less memory, more time, the same result. */
  readonly recompute: boolean;
  /** Updates between evaluations; null: once an epoch. */
  readonly evalEvery: number | null;
  /**
   * Evaluations in a row without a better score after which training ends, but not before every example was seen again;
   * null: it never ends early.
   */
  readonly patience: number | null;
  /** Batches of similar lengths, so that little is computed on padding; the same batches for every method. */
  readonly bucketing: boolean;
  /** `trie`: the best of the task's label texts, chosen greedily token by token; `free`: any text. */
  readonly decode: "trie" | "free";
}

export const defaultSettings: TrainSettings = {
  seed: 0,
  epochs: 3,
  steps: null,
  batchSize: 32,
  evalBatchSize: 64,
  maxLength: 128,
  maxTargetLength: 8,
  learningRate: 3e-4,
  weightDecay: 0,
  warmupSteps: null,
  schedule: "linear",
  clipNorm: 1,
  dropout: 0,
  recompute: false,
  evalEvery: null,
  patience: null,
  bucketing: true,
  decode: "trie",
};

/** Updates a run makes, its warm-up, and how many make an epoch. */
export function plannedSteps(settings: TrainSettings, examples: number) {
  const stepsPerEpoch = Math.ceil(examples / settings.batchSize);
  const steps = settings.steps ?? settings.epochs * stepsPerEpoch;
  const warmupSteps = settings.warmupSteps ?? Math.min(500, Math.floor(steps / 10));
  return { steps, stepsPerEpoch, warmupSteps };
}
