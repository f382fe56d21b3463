import type { TrainingValues } from "@petl/settings";
/** Time and energy of a training step on one GPU, predicted by roofline and never measured. */
export interface PredictedStep {
  readonly gpu: string;
  readonly precision: string;
  /** Share of the roofline that is assumed. */
  readonly efficiency: number;
  readonly stepTimeS: number;
  /** Share of the power limit that is assumed. */
  readonly powerShare: number;
  readonly stepEnergyJ: number;
  /** Whether the peak of tensor bytes is below the GPU's memory. */
  readonly fits: boolean;
}

/** What the activation cache would hold and save. */
export interface ForecastCache {
  readonly bytesPerExample: number;
  readonly stepFlops: number;
  /** Of a step that runs the backbone. */
  readonly stepShare: number;
  readonly peakBytes: number;
  /** Shares of the operations of full fine-tuning over `epochs`. */
  readonly totalOfFull: { readonly epochs: number; readonly without: number; readonly with: number };
  readonly predicted: readonly PredictedStep[];
}

/** Live tensor bytes at the peak of a training step, by category; `kept` is the part of `activations` that waits for the backward pass. */
export type PeakBytes = Readonly<
  Record<"total" | "backbone" | "method" | "gradients" | "optimizer" | "activations" | "kept" | "inputs", number>
>;

/** What one method would cost, as `forecastMethods` of `@petl/bench` returns it. */
export interface ForecastMethod {
  readonly method: string;
  readonly config: unknown;
  /** Those of the head among them. */
  readonly trainableParams: number;
  readonly headParams: number;
  readonly totalParams: number;
  readonly layers: number;
  readonly backwardLayers: number;
  readonly peakBytes: PeakBytes;
  readonly peakAt: { readonly phase: string; readonly site: string; readonly kernel: string } | null;
  /** With recompute. */
  readonly recomputedPeakBytes: PeakBytes;
  readonly evaluationPeakBytes: number;
  readonly forwardFlops: number;
  readonly backwardFlops: number;
  readonly updateFlops: number;
  readonly forwardBytesMoved: number;
  readonly backwardBytesMoved: number;
  /** Peak over that of full fine-tuning. */
  readonly relativeToFull: number;
  /** Examples; null where no memory was named. */
  readonly largestBatch: number | null;
  readonly predicted: readonly PredictedStep[];
  readonly cache: ForecastCache | null;
}

/** Costs of several methods at one batch size. */
export interface Forecast {
  readonly backbone: string;
  readonly settings: TrainingValues;
  readonly methods: readonly ForecastMethod[];
}

/** Measured runs beside their roofline, as `calibrate` of `@petl/bench` returns them. */
export interface ForecastCalibration {
  readonly device: string;
  readonly precision: string;
  readonly runs: readonly {
    readonly id: string;
    readonly backbone: string;
    readonly batchSize: number;
    readonly maxLength: number;
    readonly maxTargetLength: number;
    readonly measuredStepS: number;
    readonly leastStepS: number;
    readonly stepFlops: number;
    readonly efficiency: number;
    readonly powerShare: number | null;
  }[];
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  readonly byMethod: Readonly<Record<string, unknown>>;
}

/** What a forecast's tables show beside the exact figures. */
export interface ForecastView {
  /** GPUs the user named; their times are in the first table. */
  readonly named: readonly string[];
  /** Device memory the largest batch is for; null: none. */
  readonly deviceMemoryBytes: number | null;
  /** Length of the training to predict; null: none. */
  readonly training: TrainingLength | null;
}

/** A whole training: how long it is and what an hour costs. */
export interface TrainingLength {
  readonly rows: number;
  readonly epochs: number;
  /** In any currency; null: no costs are shown. */
  readonly pricePerHour: number | null;
}
