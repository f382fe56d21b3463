import type { CacheFigures } from "@petl/activation-cache";
import type { ConstantScore, Notice, Reference, ScoreInterval } from "@petl/task";
import type { ByteSplit } from "@petl/tensor";

/** Score of one evaluation over all of a task's splits. */
export interface EvaluationResult {
  readonly step: number;
  readonly epoch: number;
  /** Names of the splits that were scored, joined by `+`. */
  readonly split: string;
  /** 0 to 100. */
  readonly score: number;
  /** Mean over the examples: nats of the right class among all, or squared error of a score; null where answers are not scored one by one. */
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly examples: number;
  /** Predictions that were no valid answer. */
  readonly invalid: number;
  /** What a reader of the score must know. */
  readonly notices: readonly Notice[];
  /** Examples that went forward through the backbone. */
  readonly backboneForwards: number;
  readonly wallTimeS: number;
}

/** What a split's examples should have been answered and what was: class indices, scores or texts; null: no valid answer. */
export interface Answers {
  readonly split: string;
  readonly references: readonly Reference[];
  readonly predictions: readonly (number | string | null)[];
  /** A number for each example, the same within a group; absent where examples have none. */
  readonly groups?: readonly number[];
}

/** What a step says where the loss is scaled. */
interface ScaledStep {
  /** What the loss was multiplied by. */
  readonly lossScale: number;
  /** Whether its gradients were not finite, so that it updated nothing; its loss is left out. */
  readonly isSkipped: boolean;
}

/** Reports of a run. Times are seconds since the Unix epoch, so that they can be aligned with samples of another process. */
export type TrainEvent =
  | {
      readonly type: "attached";
      /** Those of the head among them. */
      readonly trainableParams: number;
      readonly headParams: number;
      readonly totalParams: number;
      readonly layers: number;
      readonly backwardLayers: number;
      /** Name of the first site that is differentiated, or null for none. */
      readonly gradientStart: string | null;
      readonly sites: number;
      readonly steps: number;
      readonly stepsPerEpoch: number;
      readonly warmupSteps: number;
    }
  | ({
      readonly type: "step";
      readonly step: number;
      readonly epoch: number;
      /** Nats per target token or class, or squared error of a score; mean over the updates since the last logged one; undefined where it is not logged or all of those were skipped. */
      readonly loss: number | undefined;
      readonly learningRate: number;
      /** Real source and target tokens of the batch. */
      readonly tokens: number;
      /** The same with padding. */
      readonly paddedTokens: number;
      /** What the batch was padded to: examples, source tokens and read positions of each. */
      readonly shape: readonly [examples: number, sourceTokens: number, targetTokens: number];
      /** Examples that went forward through the backbone. */
      readonly backboneForwards: number;
      readonly wallTimeS: number;
    } & Partial<ScaledStep>)
  | {
      /** The last step of an epoch has ended. */
      readonly type: "epoch";
      readonly epoch: number;
      readonly atS: number;
    }
  | {
      readonly type: "window";
      readonly window: "training" | "evaluation";
      readonly edge: "begin" | "end";
      readonly atS: number;
    }
  | ({ readonly type: "evaluation" } & EvaluationResult)
  | {
      /** Figures of the activation cache so far, or null with the reason why there is none. */
      readonly type: "cache";
      readonly reason: string | null;
      readonly figures: CacheFigures | null;
    }
  | { readonly type: "warning"; readonly message: string }
  /** The one score on examples that chose nothing, of the model of the best evaluation. */
  | ({ readonly type: "test" } & EvaluationResult)
  /** What lies behind the reported score, of `test` or else of the best evaluation (`isBetter`; the first of equals), made at `step`; said once, at the end. */
  | {
      readonly type: "scored";
      readonly step: number;
      readonly interval: ScoreInterval;
      readonly constant: ConstantScore;
      readonly answers: readonly Answers[];
    }
  | { readonly type: "memory"; readonly window: "training" | "evaluation"; readonly peak: ByteSplit };
