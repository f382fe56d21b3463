import { join } from "node:path";
import {
  type Calibration,
  type CostForecast,
  calibrate,
  findGeometry,
  findGpuSpec,
  forecastMethods,
  type GpuSpec,
  gpuSpecs,
  listMethods,
  type Places,
  type Precision,
} from "@petl/bench";
import { type ForecastView, forecastFiles, forecastTables, forecastTitle, writeGenerated } from "@petl/report";
import { type TrainingValues, trainingSettings, valuesIn } from "@petl/settings";
import { type CodeFlags, codePlaces } from "../../code-places.js";
import { type ExitCode, UsageError } from "../../exit.js";
import { section } from "../../terminal/section.js";
import { userDirectory, userPath } from "../../user-directory.js";
import type { MethodFlag } from "../glue/method-flag.js";

/** The flags of `bench plan` as commander hands them over. */
export interface PlanFlags extends CodeFlags, Partial<TrainingValues> {
  readonly backbone: string;
  readonly methods?: string[];
  readonly method?: MethodFlag[];
  readonly deviceMemory?: number;
  readonly gpus?: string[];
  readonly precision: Precision;
  readonly efficiency?: number;
  readonly calibrate?: string;
  readonly peaks?: GpuSpec[];
  readonly rows?: number;
  readonly epochs: number;
  readonly pricePerHour?: number;
  readonly details?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** Forecasts, prints and writes. @throws UsageError, BenchError, ConfigError, AttachmentError */
export async function runPlan(flags: PlanFlags): Promise<ExitCode> {
  const places = codePlaces(flags);
  const { precision, efficiency = 1, peaks = [] } = flags;
  const calibration = await calibrated(flags, places);
  const reached = (method: string) =>
    calibration === null ? { efficiency, powerShare: 1 } : (calibration.byMethod[method] ?? calibration.overall);
  const view = viewOf(flags);
  const forecast = await forecastMethods({
    settings: valuesIn(trainingSettings, flags),
    ...{ precision, reached, epochs: flags.epochs, places },
    geometry: await findGeometry(flags.backbone, userDirectory(), places),
    arms: await chosenArms(flags, places),
    leavesOut: !namesMethods(flags),
    deviceMemoryBytes: view.deviceMemoryBytes,
    gpus: [...chosenGpus(flags, calibration), ...peaks],
  });
  const shown = calibration === null ? view : { ...view, named: forecast.methods[0]!.predicted.map(({ gpu }) => gpu) };
  for (const reason of forecast.leftOut) console.error(`left out: ${reason}`);
  print(forecast, shown, calibration, flags);
  if (flags.out !== undefined) await write(userPath(flags.out), forecastFiles(forecast, shown, calibration));
  return 0;
}

/** What is shown beside the exact figures. @throws UsageError for a length without a GPU, or a price without a length */
function viewOf({ gpus, peaks = [], calibrate: runs, deviceMemory, rows, epochs, pricePerHour }: PlanFlags) {
  const named = [...(gpus ?? []).map((name) => findGpuSpec(name).name), ...peaks.map(({ name }) => name)];
  if (rows !== undefined && named.length === 0 && runs === undefined)
    throw new UsageError("--rows: expected a GPU to predict for; name it with --gpus, --peaks or --calibrate");
  if (pricePerHour !== undefined && rows === undefined)
    throw new UsageError("--price-per-hour: expected the length of the training too; add --rows and --epochs");
  const training = rows === undefined ? null : { rows, epochs, pricePerHour: pricePerHour ?? null };
  return { named, deviceMemoryBytes: deviceMemory ?? null, training } satisfies ForecastView;
}

function print(forecast: CostForecast, view: ForecastView, calibration: Calibration | null, flags: PlanFlags): void {
  if (flags.json) {
    console.log(JSON.stringify({ ...forecast, calibration }, null, 2));
    return;
  }
  const { tables, remarks } = forecastTables(forecast, view, calibration, flags.details ?? false);
  const more = flags.details
    ? []
    : ["--details shows the peak's parts, FLOPs, bytes, the activation cache and energy."];
  const texts = tables.map(({ title, rows }) => section(title, rows));
  console.log([forecastTitle(forecast), ...texts, ...remarks, ...more].join("\n\n"));
}

/** Writes the files and prints their paths. @throws ForeignFileError */
async function write(directory: string, files: ReturnType<typeof forecastFiles>): Promise<void> {
  await writeGenerated(directory, files);
  for (const { name } of files) console.error(`wrote ${join(directory, name)}`);
}

async function calibrated(flags: PlanFlags, places: Places): Promise<Calibration | null> {
  if (flags.calibrate === undefined) return null;
  const { precision, peaks: ownDevices = [] } = flags;
  return calibrate(userPath(flags.calibrate), { directory: userDirectory(), places, ownDevices, precision });
}

const namesMethods = ({ methods = [], method = [] }: PlanFlags): boolean => methods.length + method.length > 0;

async function chosenArms(flags: PlanFlags, places: Places) {
  const { methods = [], method = [] } = flags;
  if (namesMethods(flags)) return [...methods.map((name) => ({ method: name, config: {} })), ...method];
  return (await listMethods(places)).map(({ name }) => ({ method: name, config: {} }));
}

/** Those named; by default all, or with a calibration the one it is of: what was reached there need not carry over. */
function chosenGpus({ gpus: named }: PlanFlags, calibration: Calibration | null): readonly GpuSpec[] {
  if (named !== undefined) return named.map(findGpuSpec);
  return gpuSpecs.filter(({ name }) => calibration === null || name === calibration.device);
}
