import {
  atBest,
  type CostForecast,
  type ForecastRequest,
  findGeometry,
  forecastMethods,
  type Gpu,
  type MethodForecast,
} from "@petl/bench";
import {
  formatBytes,
  formatEnergy,
  formatNumber,
  formatPercent,
  formatSeconds,
  type PlannedTable,
  type ReportModel,
} from "@petl/report";
import { userDirectory } from "../../user-directory.js";

type Group = ReportModel["groups"][number];

/** What the plan says of the methods of each group of a report, at the sizes they ran with. */
export async function plannedTables({ groups }: ReportModel, gpus: readonly Gpu[]): Promise<PlannedTable[]> {
  const tables = [];
  for (const group of groups) {
    const plan = await forecastMethods(await requestOf(group, gpus));
    tables.push(tableOf(group, plan, gpus));
  }
  return tables;
}

async function requestOf({ variants, sizes }: Group, gpus: readonly Gpu[]): Promise<ForecastRequest> {
  const { backbone, batchSize, maxLength, maxTargetLength, dropout } = sizes;
  const places = [userDirectory()];
  return {
    ...{ batchSize, maxLength, dropout, gpus, targetLength: maxTargetLength },
    recompute: sizes.recompute ?? false,
    geometry: await findGeometry(backbone, userDirectory(), places),
    arms: variants.map(({ methodPackage, methodConfig }) => ({
      method: methodPackage,
      config: (methodConfig ?? {}) as Record<string, unknown>,
    })),
    places,
    deviceMemoryBytes: null,
    precision: "f32",
    reached: atBest,
    epochs: 1, // totals are not shown here
  };
}

function tableOf({ variants, sizes }: Group, { methods }: CostForecast, gpus: readonly Gpu[]): PlannedTable {
  const flops = (value: number): string => `${formatNumber(value / 1e9)} G`;
  return {
    title: `${sizes.backbone}: a full training step`,
    conditions: `Batch ${sizes.batchSize} of ${sizes.maxLength} source and ${sizes.maxTargetLength} target tokens, none of them padding; runs see shorter batches. GPU times are the least possible at the data sheet's figures, energies those times at the power limit.`,
    headers: [
      ...["Method", "Peak tensor memory", "Of all weights trained", "Forward FLOPs", "Backward FLOPs"],
      ...gpus.map(({ name }) => `${name}, predicted`),
    ],
    rows: methods.map((method, index) => [
      ...[variants[index]!.label, formatBytes(method.peakBytes.total), formatPercent(method.relativeToFull)],
      ...[flops(method.forwardFlops), flops(method.backwardFlops)],
      ...predictions(method),
    ]),
  };
}

const predictions = ({ predicted }: MethodForecast): string[] =>
  predicted.map(({ fits, stepTimeS, stepEnergyJ }) =>
    fits ? `${formatSeconds(stepTimeS)}, ${formatEnergy(stepEnergyJ)}` : "does not fit",
  );
