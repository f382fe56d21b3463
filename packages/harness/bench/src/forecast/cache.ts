import { cacheFootprint, placeholderRecordings } from "@petl/activation-cache";
import type { Row } from "@petl/backbone";
import { type Costs, recordCosts } from "@petl/device-plan";
import { type RehearsedSettings, rehearseUpdate, type Trainee } from "@petl/trainer";
import type { GpuSpec } from "./gpu-specs.js";
import { type Precision, type PredictedCost, predictCost, type Reached } from "./predict-cost.js";

/** What the activation cache would hold and save: operations are counted, times and energies predicted. */
export interface CacheForecast {
  /** Of one example of these lengths. */
  readonly bytesPerExample: number;
  /** Operations of a step whose activations are kept: the side network and the readout, forward, backward and update. */
  readonly stepFlops: number;
  /** That over the operations of a step that runs the backbone: what a later epoch costs of the first. */
  readonly stepShare: number;
  /** Live tensor bytes at the peak of such a step. */
  readonly peakBytes: number;
  /** Operations of `epochs` epochs over those of training every backbone tensor, without the cache and with it. */
  readonly totalOfFull: { readonly epochs: number; readonly without: number; readonly with: number };
  /** Time and energy of such a step. */
  readonly predicted: readonly PredictedCost[];
}

export interface CacheForecastRequest {
  readonly settings: RehearsedSettings;
  readonly gpus: readonly GpuSpec[];
  readonly precision: Precision;
  readonly reached: Reached;
  /** Of the totals. */
  readonly epochs: number;
}

/** The cache's forecast, or the reason why there is none. `step` and `full` are a step of the method and of full tuning. */
export function forecastCache(
  trainee: Trainee,
  request: CacheForecastRequest,
  step: Costs,
  full: Costs,
): { readonly cache: CacheForecast | null; readonly cacheReason: string | null } {
  const { settings, epochs, precision, reached } = request;
  const row = longestRow(trainee, settings);
  const { bytesPerExample, reason } = cacheFootprint(trainee.model, row);
  if (reason !== null) return { cache: null, cacheReason: reason };
  const recordingsOf = (examples: number) => placeholderRecordings(trainee.model, examples, row);
  const { costs } = recordCosts(() => rehearseUpdate(trainee, settings, recordingsOf));
  const [stepFlops, uncached, all] = [costs, step, full].map(flopsOf) as [number, number, number];
  const cache = {
    bytesPerExample,
    stepFlops,
    stepShare: stepFlops / uncached,
    peakBytes: costs.peakBytes.total,
    totalOfFull: {
      epochs,
      without: uncached / all,
      with: (uncached + (epochs - 1) * stepFlops) / (epochs * all),
    },
    predicted: request.gpus.map((gpu) => predictCost(costs.kernels, costs.peakBytes.total, gpu, precision, reached)),
  };
  return { cache, cacheReason: null };
}

/** An example of the greatest lengths, as training reads it: of its answer all but the last token. */
function longestRow({ model: { backbone } }: Trainee, { maxLength, maxTargetLength }: RehearsedSettings): Row {
  const tokens = (length: number): number[] => new Array<number>(length).fill(backbone.eosId);
  return { source: tokens(maxLength), answer: tokens(backbone.headTask === null ? maxTargetLength - 1 : 0) };
}

const flopsOf = ({ kernels }: Costs): number => kernels.reduce((sum, { calls, flops }) => sum + calls * flops, 0);
