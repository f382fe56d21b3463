import type { RunRecord } from "@petl/results";
import { defaultsOf, runOptions, trainingSettings } from "@petl/settings";

/** Made-up figures of one method in these tests; no run produced them. */
export interface SyntheticMethod {
  readonly name: string;
  readonly trainableParams: number;
  readonly backwardLayers: number;
  /** Cost of this method over that of the dearest. */
  readonly cost: number;
  readonly score: number;
}

export const syntheticMethods: readonly SyntheticMethod[] = [
  { name: "all-weights", trainableParams: 1_000_000, backwardLayers: 4, cost: 1, score: 80 },
  { name: "small-update", trainableParams: 20_000, backwardLayers: 4, cost: 0.75, score: 79 },
  { name: "off-path", trainableParams: 50_000, backwardLayers: 0, cost: 0.25, score: 76 },
];

export interface SyntheticOptions {
  readonly task?: string;
  readonly seed?: number;
  readonly energy?: boolean;
  readonly changes?: Partial<RunRecord>;
  readonly run?: Partial<RunRecord["run"]>;
  readonly settings?: Partial<RunRecord["run"]["settings"]>;
}

/** A completed run record with made-up figures that follow from the method, task and seed alone. */
export function syntheticRecord(method: SyntheticMethod, options: SyntheticOptions = {}): RunRecord {
  const { task = "sst2", seed = 0 } = options;
  const score = method.score + seed - task.length / 2;
  const point = { step: 40, epoch: 4, score, loss: null, metrics: { accuracy: score / 100 }, notices: [] };
  const tensorBytes = (total: number) => ({
    total,
    backbone: total * 0.4,
    method: total * 0.1,
    gradients: total * 0.1,
    optimizer: total * 0.1,
    activations: total * 0.2,
    kept: total * 0.15,
    inputs: total * 0.1,
  });
  const joules = (grossJ: number) => ({
    ...{ grossJ, netJ: grossJ * 0.8, meanPowerW: 100, durationS: grossJ / 100 },
    ...{ counterJ: grossJ * 1.02, flags: task === "rte" ? ["short-window"] : [] },
    onceAMinute: {
      ...{ intervalS: 60, meanJ: grossJ * 1.01, minJ: grossJ * 0.7, maxJ: grossJ * 1.25, sdJ: grossJ * 0.1 },
      emptyShare: 0.25,
    },
  });
  // later epochs of what leaves the backbone alone cost a third of the first, as with a cache of its outputs
  const shares = method.backwardLayers === 0 ? [0.5, 1 / 6, 1 / 6, 1 / 6] : [0.25, 0.25, 0.25, 0.25];
  return {
    schemaVersion: 2,
    id: `${method.name}-${task}-${seed}-5e4d`,
    status: "completed",
    task: null,
    error: null,
    startedAt: "2020-01-01T00:00:00.000Z",
    endedAt: "2020-01-01T00:01:00.000Z",
    run: {
      ...{ suite: "synthetic", stage: "final", trial: null, chosen: null },
      method: method.name,
      methodPackage: `@example/${method.name}`,
      methodConfig: { size: 4 },
      task,
      seed,
      backbone: "synthetic-backbone",
      device: "cpu",
      settings: {
        ...defaultsOf(trainingSettings),
        ...defaultsOf(runOptions),
        epochs: 4,
        steps: null,
        batchSize: 8,
        evalBatchSize: 16,
        maxLength: 64,
        maxTargetLength: 8,
        learningRate: 0.001,
        weightDecay: 0,
        warmupSteps: 4,
        schedule: "linear",
        clipNorm: 1,
        dropout: 0,
        precision: "f32",
        limit: 256,
        evalLimit: 64,
        evalEvery: null,
        textFormat: "t5",
        scoring: "trie",
        bucketing: true,
        ...options.settings,
      },
      ...options.run,
    },
    identity: null,
    counts: {
      trainableParams: method.trainableParams,
      headParams: 0,
      totalParams: 1_000_000,
      backwardLayers: method.backwardLayers,
      layers: 4,
      gradientStart: method.backwardLayers === 0 ? null : "encoder.embedding",
      sites: 30,
    },
    scores: {
      best: { ...point, interval: { low: score - 8, high: score + 6, level: 0.95, resamples: 1000 } },
      last: { ...point, score: score - 1 },
      evaluations: [10, 20, 30, 40].map((step) => ({
        ...point,
        step,
        epoch: step / 10,
        score: score - (40 - step) / 2,
        split: "dev",
        examples: 64,
        wallTimeS: 0.5,
      })),
      ...{ test: null, constant: null },
    },
    answers: [],
    lossScaling: null,
    curve: Array.from({ length: 40 }, (_, step) => ({
      step: step + 1,
      epoch: Math.ceil((step + 1) / 10),
      loss: 0.5 + 3 * Math.exp(-step / (8 + 4 * method.cost)) + 0.1 * Math.sin(step * 1.7 + seed),
      learningRate: 0.001,
    })),
    windows: [],
    resumed: [],
    trace: null,
    time: {
      trainTimeS: 100 * method.cost,
      evalTimeS: 10,
      stepMedianS: 2.5 * method.cost,
      stepP10S: 2.4 * method.cost,
      stepP90S: 2.6 * method.cost,
      medianBatch: { examples: 8, sourceTokens: 32, targetTokens: 2 },
      warmupStepsExcluded: 4,
      steps: 40,
      tokens: 10_000,
      paddedTokens: 2_000,
      tokensPerS: 100 / method.cost,
      setupTimeS: 1,
      processorS: 180 * method.cost,
    },
    load: { othersBusyShare: { training: 0.01, evaluation: 0.01 }, loadAverage: { start: 0.1, end: 2 }, reason: null },
    memory: {
      peakTensorBytes: { training: tensorBytes(400e6 * method.cost), evaluation: tensorBytes(100e6) },
      peakBufferBytes: null,
      peakHostBytes: 900e6,
      peakHostBytesReason: null,
      device: {
        baselineBytes: null,
        peakBytes: null,
        p99Bytes: null,
        source: null,
        reason: "the cpu device has no memory of its own",
      },
    },
    energy:
      options.energy === true
        ? {
            grossJ: 5_000 * method.cost,
            netJ: 4_000 * method.cost,
            reason: null,
            source: "synthetic sensor",
            training: joules(4_500 * method.cost),
            evaluation: joules(500 * method.cost),
            idlePowerW: 20,
            idleDriftW: 0.5,
            ...{ counterSource: "synthetic counter", counterReason: null, problems: [] },
            samplePeriodS: 0.05,
            updatePeriodS: 0.1,
            samples: 1000,
          }
        : {
            grossJ: null,
            netJ: null,
            reason: "no nvidia-smi on this machine",
            source: null,
            training: null,
            evaluation: null,
            idlePowerW: null,
            idleDriftW: null,
            ...{ counterSource: null, counterReason: null, problems: [] },
            samplePeriodS: null,
            updatePeriodS: null,
            samples: 0,
          },
    conditions: null,
    activationCache: null,
    epochs: shares.map((share, index) => ({
      ...{ epoch: index + 1, steps: 10, trainTimeS: 100 * method.cost * share, evalTimeS: 2.5 },
      trainGrossJ: options.energy === true ? 4_500 * method.cost * share : null,
      trainNetJ: options.energy === true ? 3_600 * method.cost * share : null,
      evalGrossJ: options.energy === true ? 125 * method.cost : null,
      evalNetJ: options.energy === true ? 100 * method.cost : null,
      backboneForwards: { training: method.backwardLayers === 0 && index > 0 ? 0 : 256, evaluation: 64 },
    })),
    environment: {
      node: "20.0.0",
      platform: "linux",
      arch: "x64",
      cpu: "synthetic processor",
      cores: 2,
      hostMemoryBytes: 8e9,
      packages: { "synthetic-package": "1.2.3" },
      commit: "0123abc",
      dirty: true,
      deviceName: "cpu",
      deviceDetails: { threads: 1 },
      gpu: null,
    },
    data: {
      source: "glue",
      directory: null,
      files: [{ name: "train.tsv", rows: 256, officialRows: 67349, droppedRows: 0, sha256: "ab".repeat(32) }],
      trainExamples: 256,
      ...{ evalExamples: 64, testExamples: null },
      notices: ["subset of the official train set"],
    },
    backboneSource: {
      name: "synthetic-backbone",
      kind: "random",
      sha256: null,
      revision: null,
      paramsSha256: "cd".repeat(32),
    },
    ...options.changes,
  };
}

/** Every synthetic method on every task with every seed. */
export function syntheticGrid(
  tasks: readonly string[],
  seeds: readonly number[],
  options: SyntheticOptions = {},
): RunRecord[] {
  return syntheticMethods.flatMap((method) =>
    tasks.flatMap((task) => seeds.map((seed) => syntheticRecord(method, { ...options, task, seed }))),
  );
}
