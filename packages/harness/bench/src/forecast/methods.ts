import type { BackboneModel, HeadTask } from "@petl/backbone";
import device, { type Costs, recordCosts } from "@petl/device-plan";
import { AttachmentError, type PetlMethod } from "@petl/spec";
import { type ByteSplit, seededRandom } from "@petl/tensor";
import {
  counts,
  type RehearsedSettings,
  rehearseEvaluation,
  rehearseUpdate,
  Trainee,
  TunedModel,
  type TunedModelOptions,
} from "@petl/trainer";
import { calling, parseConfig } from "../resolve/call-method.js";
import { storedTensors } from "../resolve/load-for-method.js";
import { loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/places.js";
import { type CacheForecast, forecastCache } from "./cache.js";
import type { Geometry } from "./geometry.js";
import type { GpuSpec } from "./gpu-specs.js";
import { sumOf } from "./kernel-sums.js";
import { largestBatch } from "./largest-batch.js";
import { plannedBackbone } from "./planned-backbone.js";
import { type Precision, type PredictedCost, predictCost, type Reached } from "./predict-cost.js";

export interface ForecastRequest {
  /** How the methods are trained, on batches without padding. */
  readonly settings: RehearsedSettings;
  readonly geometry: Geometry;
  readonly arms: readonly { readonly method: string; readonly config: Readonly<Record<string, unknown>> }[];
  /** Leaves out a method that the backbone is not for instead of failing. */
  readonly leavesOut?: boolean;
  /** Where method packages are looked for. */
  readonly places: Places;
  /** Device memory to fill; null: no largest batch is looked for. */
  readonly deviceMemoryBytes: number | null;
  /** GPUs to predict for. */
  readonly gpus: readonly GpuSpec[];
  readonly precision: Precision;
  /** What a step is assumed to reach, by method. */
  readonly reached: (method: string) => Reached;
  /** Over which the activation cache's saving is totalled. */
  readonly epochs: number;
}

/** What one method would cost. */
export interface MethodForecast {
  readonly method: string;
  readonly config: unknown;
  /** Those of the head among them. */
  readonly trainableParams: number;
  readonly headParams: number;
  readonly totalParams: number;
  readonly layers: number;
  readonly backwardLayers: number;
  /** Live tensor bytes at the peak of a training step. */
  readonly peakBytes: ByteSplit;
  /** What brought them there. */
  readonly peakAt: Costs["peakAt"];
  /** The same with recompute. */
  readonly recomputedPeakBytes: ByteSplit;
  /** Live tensor bytes at the peak of an evaluation batch, optimizer state included as in a run. */
  readonly evaluationPeakBytes: number;
  readonly forwardFlops: number;
  readonly backwardFlops: number;
  /** Clipping and optimizer. */
  readonly updateFlops: number;
  readonly forwardBytesMoved: number;
  readonly backwardBytesMoved: number;
  /** Forward, backward and update. */
  readonly bytesMoved: number;
  /** `peakBytes.total` over that of a step which trains every backbone tensor. */
  readonly relativeToFull: number;
  /** Examples; null where no memory was named. */
  readonly largestBatch: number | null;
  readonly predicted: readonly PredictedCost[];
  /** What the activation cache would hold and save; null comes with `cacheReason`. */
  readonly cache: CacheForecast | null;
  readonly cacheReason: string | null;
}

export interface CostForecast {
  readonly backbone: string;
  readonly settings: RehearsedSettings;
  readonly methods: readonly MethodForecast[];
  /** Why each method that was left out is not for the backbone, one line each. */
  readonly leftOut: readonly string[];
}

/** A head, where one answers: that of the six tasks of two classes. */
export const headOfForecast: HeadTask = { kind: "classes", outputs: 2 };

/** What every saving is compared with: every tensor of the backbone trained in place. */
const everything: PetlMethod<null> = {
  specVersion: "v1",
  name: "every tensor trained",
  paper: { title: "", url: "" },
  parse: () => null,
  attach: ({ params }) => ({ params: {}, unfrozen: Object.keys(params), hooks: new Map() }),
};

/**
 * Forecasts a training step and an evaluation batch of each method on the plan device: no weights, no values, no network.
 *
 * @throws BenchError for an unknown method, ConfigError for its settings, AttachmentError where it does not fit
 */
export async function forecastMethods(request: ForecastRequest): Promise<CostForecast> {
  const { geometry, settings } = request;
  const arms = [];
  for (const { method: name, config } of request.arms) {
    const { definition } = await loadMethod(name, request.places);
    arms.push({ method: definition, config: parseConfig(definition, config) });
  }
  const opened = await device.open();
  try {
    const whole = plannedBackbone(geometry, { ...settings, backboneDtype: "f32" }, headOfForecast);
    const reference = withTrainee(whole, everything, null, settings, (trainee) => stepCosts(trainee, settings));
    whole.dispose();
    const methods: MethodForecast[] = [];
    const leftOut: string[] = [];
    for (const { method, config } of arms)
      try {
        methods.push(
          withPlannedBackbone(geometry, method, config, settings, headOfForecast, (backbone) =>
            forecastMethod(backbone, method, config, request, reference),
          ),
        );
      } catch (error) {
        if (request.leavesOut !== true || !(error instanceof AttachmentError)) throw error;
        leftOut.push(error.message);
      }
    return { backbone: geometry.name, settings, methods, leftOut };
  } finally {
    await opened.close();
  }
}

function forecastMethod(
  backbone: BackboneModel,
  method: PetlMethod,
  config: unknown,
  request: ForecastRequest,
  reference: Costs,
): MethodForecast {
  const { settings } = request;
  const recomputing = { ...settings, recompute: true };
  const recomputed = withTrainee(backbone, method, config, recomputing, (trainee) => stepCosts(trainee, recomputing));
  return withTrainee(backbone, method, config, settings, (trainee) => {
    const costs = stepCosts(trainee, settings);
    const { kernels, peakBytes, peakAt } = costs;
    const evaluation = recordCosts(() => rehearseEvaluation(trainee, settings)).costs;
    const { trainableParams, headParams, totalParams, layers, backwardLayers } = counts(trainee.model);
    const { deviceMemoryBytes, gpus, precision } = request;
    const reached = request.reached(method.name);
    const peakOf = (batchSize: number): number => stepCosts(trainee, { ...settings, batchSize }).peakBytes.total;
    return {
      method: method.name,
      config,
      ...{ trainableParams, headParams, totalParams, layers, backwardLayers, peakBytes, peakAt },
      recomputedPeakBytes: recomputed.peakBytes,
      evaluationPeakBytes: evaluation.peakBytes.total,
      forwardFlops: sumOf(kernels, "flops", "forward"),
      backwardFlops: sumOf(kernels, "flops", "backward"),
      updateFlops: sumOf(kernels, "flops", "update"),
      forwardBytesMoved: sumOf(kernels, "bytesMoved", "forward"),
      backwardBytesMoved: sumOf(kernels, "bytesMoved", "backward"),
      bytesMoved: sumOf(kernels, "bytesMoved"),
      relativeToFull: peakBytes.total / reference.peakBytes.total,
      largestBatch: deviceMemoryBytes === null ? null : largestBatch(peakOf, deviceMemoryBytes),
      predicted: gpus.map((gpu) => predictCost(kernels, peakBytes.total, gpu, precision, reached)),
      ...forecastCache(trainee, { ...request, reached }, costs, reference),
    };
  });
}

/** Runs `scope` with a planned backbone for a method: its frozen weights stored as the settings say, those that it trains float32. */
export function withPlannedBackbone<Result>(
  geometry: Geometry,
  method: PetlMethod,
  config: unknown,
  settings: RehearsedSettings,
  head: HeadTask,
  scope: (backbone: BackboneModel) => Result,
): Result {
  let backbone = plannedBackbone(geometry, settings, head);
  try {
    const model = calling(method, "attach", () => TunedModel.attach(backbone, method, config, seededRandom(0)));
    const unfrozen = storedTensors(model);
    model.dispose();
    if (unfrozen.length > 0) {
      backbone.dispose();
      backbone = plannedBackbone(geometry, settings, head, new Set(unfrozen));
    }
    return scope(backbone);
  } finally {
    backbone.dispose();
  }
}

/** Attaches a method, runs `scope` and frees what was attached. */
export function withTrainee<Config, Result>(
  backbone: BackboneModel,
  method: PetlMethod<Config>,
  config: Config,
  options: TunedModelOptions,
  scope: (trainee: Trainee) => Result,
): Result {
  const model = calling(method, "attach", () => TunedModel.attach(backbone, method, config, seededRandom(0), options));
  const trainee = new Trainee(model);
  try {
    return scope(trainee);
  } finally {
    trainee.dispose();
    model.dispose();
  }
}

/** Updates among which the plan looks for the one that trains the most, where a method trains a part at a time. */
const plannedUpdates = 1000;

/** One training step on the plan device: the first, or the one that trains the most. */
export function stepCosts(trainee: Trainee, settings: RehearsedSettings): Costs {
  const step = largestUpdate(trainee);
  trainee.begin(step); // what the optimizer keeps changes before the step
  return recordCosts(() => rehearseUpdate(trainee, settings, null, step)).costs;
}

/** The update that trains the most values; of several the one whose tensors come last in the backbone, as their gradients wait longest. */
function largestUpdate({ model }: Trainee): number {
  if (model.attachment.trainedIn === undefined) return 1;
  const order = new Map(Object.keys(model.trained).map((name, place) => [name, place]));
  let largest = { step: 1, size: -1, place: -1 };
  for (let step = 1; step <= plannedUpdates; step++) {
    const trained = Object.entries(model.trainedIn(step));
    const size = trained.reduce((sum, [, tensor]) => sum + tensor.size, 0);
    const place = trained.reduce((sum, [name]) => sum + order.get(name)!, 0);
    if (size > largest.size || (size === largest.size && place > largest.place)) largest = { step, size, place };
  }
  return largest.step;
}
