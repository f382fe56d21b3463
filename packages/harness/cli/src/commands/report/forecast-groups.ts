import {
  atBest,
  BenchError,
  type ForecastRequest,
  type ForwardFlops,
  findGeometry,
  forecastMethods,
  forwardFlops,
  type GpuSpec,
  type Places,
} from "@petl/bench";
import { quotedForecast, type ReportModel } from "@petl/report";
import { trainingSettings, valuesIn } from "@petl/settings";
import { userDirectory } from "../../user-directory.js";

type Group = ReportModel["groups"][number];

/** A forecast for the methods of each group of a report, at the sizes they ran with. */
export async function forecastGroups(
  { groups }: ReportModel,
  gpus: readonly GpuSpec[],
  places: Places,
): Promise<ReportModel["planned"]> {
  const tables = [];
  for (const group of groups)
    tables.push(quotedForecast(group, await forecastMethods(await requestOf(group, gpus, places))));
  return tables;
}

/** What each method of each group computes for one row; where the backbone's shape is not known, why not. */
export async function flopsOfGroups({ groups }: ReportModel, places: Places): Promise<ForwardFlops[][]> {
  const counted = [];
  for (const group of groups)
    try {
      counted.push(await forwardFlops(await requestOf(group, [], places)));
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      const { message } = error;
      counted.push(group.variants.map(() => ({ flops: null, reason: message })));
    }
  return counted;
}

async function requestOf(
  { variants, trained }: Group,
  gpus: readonly GpuSpec[],
  places: Places,
): Promise<ForecastRequest> {
  return {
    settings: valuesIn(trainingSettings, trained.settings),
    gpus,
    geometry: await findGeometry(trained.backbone, userDirectory(), places),
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
