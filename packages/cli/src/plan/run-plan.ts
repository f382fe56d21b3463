import { type CostPlan, findGeometry, type Gpu, gpus, listMethods, nearMatch, planMethods } from "@petl/bench";
import { type ExitCode, UsageError } from "../exit.js";
import type { MethodFlag } from "../glue/method-flag.js";
import { section } from "../section.js";
import { userDirectory, userPath } from "../user-directory.js";
import { planTables, planTitle } from "./tables.js";
import { writePlan } from "./write-plan.js";

/** The flags of `bench plan` as commander hands them over. */
export interface PlanFlags {
  readonly backbone: string;
  readonly methods?: string[];
  readonly method?: MethodFlag[];
  readonly batchSize: number;
  readonly maxLength: number;
  readonly targetLength: number;
  readonly dropout: number;
  readonly checkpointActivations?: boolean;
  readonly deviceMemory?: number;
  readonly gpus?: string[];
  readonly precision: "f32" | "tf32";
  readonly efficiency: number;
  readonly epochs: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Plans, prints and writes. @throws UsageError, BenchError, ConfigError, AttachmentError */
export async function runPlan(flags: PlanFlags): Promise<ExitCode> {
  const places = [userDirectory()];
  const { batchSize, maxLength, targetLength, dropout, precision, efficiency, epochs } = flags;
  const plan = await planMethods({
    ...{ batchSize, maxLength, targetLength, dropout, precision, efficiency, epochs, places },
    checkpointActivations: flags.checkpointActivations ?? false,
    geometry: findGeometry(flags.backbone, userDirectory()),
    arms: await chosenArms(flags, places),
    deviceMemoryBytes: flags.deviceMemory ?? null,
    gpus: (flags.gpus ?? gpus.map(({ name }) => name)).map(findGpu),
  });
  print(plan, flags);
  if (flags.out !== undefined) {
    for (const path of await writePlan(userPath(flags.out), plan)) console.error(`wrote ${path}`);
  }
  return 0;
}

function print(plan: CostPlan, { json }: PlanFlags): void {
  const tables = planTables(plan).map(({ title, rows }) => section(title, rows));
  console.log(json ? JSON.stringify(plan, null, 2) : [planTitle(plan), ...tables].join("\n\n"));
}

async function chosenArms({ methods, method }: PlanFlags, places: readonly string[]) {
  const named = (methods ?? []).map((name) => ({ method: name, config: {} }));
  const arms = [...named, ...(method ?? [])];
  if (arms.length > 0) return arms;
  return (await listMethods(places)).map((found) => ({ method: found.method.name, config: {} }));
}

/** A GPU of the data sheets by name. @throws UsageError naming the near match */
export function findGpu(name: string): Gpu {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = gpus.find((gpu) => plain(gpu.name) === plain(name));
  if (found !== undefined) return found;
  const known = gpus.map((gpu) => gpu.name);
  throw new UsageError(`--gpus: expected some of ${known.join(", ")}, got "${name}".${nearMatch(name, known)}`);
}
