import device from "@petl/device-plan";
import { findTask } from "@petl/glue";
import { type RunRecord, readRecords } from "@petl/results";
import { trainingSettings, valuesIn } from "@petl/settings";
import { headTaskOf } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { parseConfig } from "../resolve/call-method.js";
import { loadMethod } from "../resolve/method.js";
import { namedIn, type Places } from "../resolve/places.js";
import { findGeometry } from "./geometry.js";
import { type GpuSpec, specOfDriverName } from "./gpu-specs.js";
import { stepCosts, withPlannedBackbone, withTrainee } from "./methods.js";
import { atBest, type Precision, predictCost, type Reached } from "./predict-cost.js";

export interface CalibrateOptions {
  /** Where relative backbone directories start. */
  readonly directory: string;
  readonly places: Places;
  /** Devices the user gave the peaks of; a single one is taken as the processor of the runs. */
  readonly ownDevices: readonly GpuSpec[];
  readonly precision: Precision;
}

/** One measured run beside its roofline. */
interface CalibratedRun {
  /** Of the median batch. */
  readonly batchSize: number;
  /** Tokens of a source text, there. */
  readonly maxLength: number;
  /** Tokens of a target text, there. */
  readonly maxTargetLength: number;
  readonly id: string;
  readonly method: string;
  readonly backbone: string;
  /** Median of its timed steps. */
  readonly measuredStepS: number;
  /** Least possible by the device's peaks, for the median batch. */
  readonly leastStepS: number;
  /** Arithmetic of that step. */
  readonly stepFlops: number;
  readonly efficiency: number;
  /** Mean power while training over the limit; null where no power was measured. */
  readonly powerShare: number | null;
}

/** What measured runs reached of a device's peaks. */
export interface Calibration {
  readonly device: string;
  readonly precision: Precision;
  readonly runs: readonly CalibratedRun[];
  /** Runs that cannot be used, and why. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  /** Geometric means over the runs of each method. */
  readonly byMethod: Readonly<Record<string, Reached>>;
  /** For methods that were not run: the geometric mean over methods. */
  readonly overall: Reached;
}

/**
 * Compares the steps of the runs below `out` with the roofline of the device they ran on.
 *
 * @throws BenchError E_CALIBRATION where no run can be used, the device's peaks are not known, or the runs are of two devices
 */
export async function calibrate(out: string, options: CalibrateOptions): Promise<Calibration> {
  const { records, problems } = await readRecords(out);
  const leftOut = problems.map(({ file, message }) => ({ id: file, reason: message }));
  const usable = records.filter((record) => {
    const reason = whyNot(record);
    if (reason !== null) leftOut.push({ id: record.id, reason });
    return reason === null;
  });
  if (usable.length === 0) throw new BenchError("E_CALIBRATION", `${out}: ${noRun(leftOut)}`);
  const found = new Set(usable.map((record) => peaksOf(record, options)));
  if (found.size > 1)
    throw new BenchError(
      "E_CALIBRATION",
      `${out}: expected runs of one device, got ${[...found].map(({ name }) => name).join(" and ")}; calibrate on each alone`,
    );
  const gpu = [...found][0]!;
  const opened = await device.open();
  try {
    const runs: CalibratedRun[] = [];
    for (const record of usable) runs.push(await compare(out, record, gpu, options));
    return summarise(runs, leftOut, gpu, options.precision);
  } finally {
    await opened.close();
  }
}

/** Why a record cannot be compared; null if it can. */
function whyNot({ status, time, activationCache }: RunRecord): string | null {
  if (status !== "completed") return `it ${status === "failed" ? "failed" : "was cancelled"}`;
  if (time === null || time.stepMedianS === 0) return "its steps were not timed";
  return activationCache?.figures == null
    ? null
    : "not every step ran the backbone (activation cache); run it with --cache-activations off";
}

const noRun = (leftOut: Calibration["leftOut"]): string =>
  leftOut.length === 0
    ? "expected records of runs (runs/*.json), got none; give the output directory of bench glue"
    : `expected a completed, timed run, got none: ${leftOut[0]!.id}: ${leftOut[0]!.reason}`;

/** The device a run computed on: a GPU by the name its driver gives, else the only one given by the user. */
function peaksOf({ environment: { gpu, cpu, deviceName } }: RunRecord, { ownDevices }: CalibrateOptions): GpuSpec {
  const known = gpu === null ? undefined : specOfDriverName(gpu.name);
  if (known !== undefined) return known;
  if (ownDevices.length === 1) return ownDevices[0]!;
  const given = ownDevices.length === 0 ? "got none" : `got ${ownDevices.length}`;
  throw new BenchError(
    "E_CALIBRATION",
    `the runs computed on ${gpu?.name ?? `${deviceName} (${cpu})`}: expected its peaks as one --peaks NAME:f32=FLOPS,bandwidth=BYTES,memory=BYTES,power=WATTS, ${given}`,
  );
}

async function compare(
  out: string,
  record: RunRecord,
  gpu: GpuSpec,
  options: CalibrateOptions,
): Promise<CalibratedRun> {
  const { run, energy, environment } = record;
  const { stepMedianS, medianBatch } = record.time!;
  const places = namedIn(options.places, `record ${record.id} in ${out}`);
  const { definition: method } = await loadMethod(run.methodPackage, places);
  const geometry = await findGeometry(run.backbone, options.directory, places);
  const { examples, sourceTokens, targetTokens } = medianBatch;
  const sizes = { batchSize: examples, maxLength: sourceTokens, maxTargetLength: targetTokens };
  const settings = { ...valuesIn(trainingSettings, run.settings), ...sizes };
  const { target } = record.task ?? findTask(run.task);
  const noHead = { kind: "score", outputs: 1 } as const; // a text is written without one
  const head = target.kind === "text" ? noHead : headTaskOf({ target });
  const config = parseConfig(method, run.methodConfig);
  const { kernels } = withPlannedBackbone(geometry, method, config, settings, head, (backbone) =>
    withTrainee(backbone, method, config, settings, (trainee) => stepCosts(trainee, settings)),
  );
  const { stepTimeS } = predictCost(kernels, 0, gpu, options.precision, atBest());
  const powerW = environment.gpu === null ? null : (energy?.training?.meanPowerW ?? null);
  return {
    ...{ id: record.id, method: method.name, backbone: geometry.name, ...sizes },
    measuredStepS: stepMedianS,
    leastStepS: stepTimeS,
    stepFlops: kernels.reduce((sum, { calls, flops }) => sum + calls * flops, 0),
    efficiency: stepTimeS / stepMedianS,
    powerShare: powerW === null ? null : powerW / gpu.powerLimitW,
  };
}

function summarise(
  runs: readonly CalibratedRun[],
  leftOut: Calibration["leftOut"],
  gpu: GpuSpec,
  precision: Precision,
): Calibration {
  const names = [...new Set(runs.map(({ method }) => method))];
  const byMethod = Object.fromEntries(
    names.map((name) => [name, reachedBy(runs.filter(({ method }) => method === name))]),
  );
  return { device: gpu.name, precision, runs, leftOut, byMethod, overall: reachedBy(Object.values(byMethod)) };
}

/** Geometric means; a power share of 1 where none was measured. */
function reachedBy(of: readonly { readonly efficiency: number; readonly powerShare: number | null }[]): Reached {
  const powers = of.flatMap(({ powerShare }) => (powerShare === null ? [] : [powerShare]));
  return {
    efficiency: geometricMean(of.map(({ efficiency }) => efficiency)),
    powerShare: powers.length === 0 ? 1 : geometricMean(powers),
  };
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
