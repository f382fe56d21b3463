import type { CacheFigures } from "@petl/activation-cache";
import type { ScoreInterval } from "@petl/glue";
import type { ByteSplit } from "@petl/tensor";

/** Score of one evaluation over all of a task's splits. */
export interface EvaluationResult {
  readonly step: number;
  readonly epoch: number;
  /** Names of the splits that were scored, joined by `+`. */
  readonly split: string;
  /** 0 to 100. */
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly examples: number;
  /** Predictions that were no valid answer. */
  readonly invalid: number;
  /** Examples that went forward through the backbone. */
  readonly backboneForwards: number;
  readonly wallTimeS: number;
}

/** What a run says while it goes on; times are seconds since the epoch, so that a sampler elsewhere can be lined up. */
export type TrainEvent =
  | {
      readonly type: "attached";
      readonly trainableParams: number;
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
  | {
      readonly type: "step";
      readonly step: number;
      readonly epoch: number;
      /** Nats a target token, mean over the batch. */
      readonly loss: number;
      readonly learningRate: number;
      /** Real source and target tokens of the batch. */
      readonly tokens: number;
      /** The same with padding. */
      readonly paddedTokens: number;
      /** What the batch was padded to: examples, source and target tokens of each. */
      readonly shape: readonly [examples: number, sourceTokens: number, targetTokens: number];
      /** Examples that went forward through the backbone. */
      readonly backboneForwards: number;
      readonly wallTimeS: number;
    }
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
      /** What the activation cache kept and saved so far; null, with the reason, where there is none. */
      readonly type: "cache";
      readonly reason: string | null;
      readonly figures: CacheFigures | null;
    }
  | { readonly type: "warning"; readonly message: string }
  /** Of the best evaluation's score (the first of equals), made at `step`; said once, after the last window. */
  | { readonly type: "interval"; readonly step: number; readonly interval: ScoreInterval }
  | { readonly type: "memory"; readonly window: "training" | "evaluation"; readonly peak: ByteSplit };
