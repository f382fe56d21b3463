import {
  type Calibration,
  type CostForecast,
  calibrate,
  findGeometry,
  forecastMethods,
  type Gpu,
  gpus,
  listMethods,
  nearMatch,
} from "@petl/bench";
import { defaultsOf, type TrainingValues, trainingSettings } from "@petl/settings";
import { type ExitCode, UsageError } from "../../exit.js";
import { section } from "../../section.js";
import { userDirectory, userPath } from "../../user-directory.js";
import type { MethodFlag } from "../glue/method-flag.js";
import { calibrationRemarks, calibrationTables } from "./calibration-tables.js";
import { planTables, planTitle } from "./tables.js";
import { writePlan } from "./write-plan.js";

/** The flags of `bench plan` as commander hands them over. */
export interface PlanFlags extends Partial<TrainingValues> {
  readonly backbone: string;
  readonly methods?: string[];
  readonly method?: MethodFlag[];
  readonly deviceMemory?: number;
  readonly gpus?: string[];
  readonly precision: "f32" | "tf32";
  readonly efficiency?: number;
  readonly calibrate?: string;
  readonly peaks?: Gpu[];
  readonly epochs: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Plans, prints and writes. @throws UsageError, BenchError, ConfigError, AttachmentError */
export async function runPlan(flags: PlanFlags): Promise<ExitCode> {
  const places = [userDirectory()];
  const { precision, efficiency = 1, peaks = [] } = flags;
  const { batchSize, maxLength, maxTargetLength, dropout, recompute } = { ...defaultsOf(trainingSettings), ...flags };
  const calibration = await calibrated(flags, places);
  const reached = (method: string) =>
    calibration === null ? { efficiency, powerShare: 1 } : (calibration.byMethod[method] ?? calibration.overall);
  const plan = await forecastMethods({
    ...{ batchSize, maxLength, targetLength: maxTargetLength, dropout, recompute },
    ...{ precision, reached, epochs: flags.epochs, places },
    geometry: await findGeometry(flags.backbone, userDirectory(), places),
    arms: await chosenArms(flags, places),
    deviceMemoryBytes: flags.deviceMemory ?? null,
    gpus: [...chosenGpus(flags, calibration), ...peaks],
  });
  print(plan, calibration, flags);
  if (flags.out !== undefined) {
    for (const path of await writePlan(userPath(flags.out), plan, calibration)) console.error(`wrote ${path}`);
  }
  return 0;
}

function print(plan: CostForecast, calibration: Calibration | null, { json }: PlanFlags): void {
  const all = [...planTables(plan), ...calibrationTables(calibration)];
  const tables = all.map(({ title, rows }) => section(title, rows));
  const remarks = calibrationRemarks(calibration, plan);
  console.log(
    json ? JSON.stringify({ ...plan, calibration }, null, 2) : [planTitle(plan), ...tables, ...remarks].join("\n\n"),
  );
}

async function calibrated(flags: PlanFlags, places: readonly string[]): Promise<Calibration | null> {
  if (flags.calibrate === undefined) return null;
  const { precision, peaks: ownDevices = [] } = flags;
  return calibrate(userPath(flags.calibrate), { directory: userDirectory(), places, gpus, ownDevices, precision });
}

async function chosenArms({ methods, method }: PlanFlags, places: readonly string[]) {
  const named = (methods ?? []).map((name) => ({ method: name, config: {} }));
  const arms = [...named, ...(method ?? [])];
  if (arms.length > 0) return arms;
  return (await listMethods(places)).map((found) => ({ method: found.method.name, config: {} }));
}

/** Those named; by default all, or with a calibration the one it is of: what was reached there need not carry over. */
function chosenGpus({ gpus: named }: PlanFlags, calibration: Calibration | null): Gpu[] {
  if (named !== undefined) return named.map(findGpu);
  return gpus.filter(({ name }) => calibration === null || name === calibration.device);
}

/** A GPU of the data sheets by name. @throws UsageError naming the near match */
export function findGpu(name: string): Gpu {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = gpus.find((gpu) => plain(gpu.name) === plain(name));
  if (found !== undefined) return found;
  const known = gpus.map((gpu) => gpu.name);
  throw new UsageError(`--gpus: expected some of ${known.join(", ")}, got "${name}".${nearMatch(name, known)}`);
}
