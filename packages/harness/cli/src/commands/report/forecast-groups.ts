import { atBest, type ForecastRequest, findGeometry, forecastMethods, type GpuSpec } from "@petl/bench";
import { quotedForecast, type ReportModel } from "@petl/report";
import { trainingSettings, valuesIn } from "@petl/settings";
import { userDirectory } from "../../user-directory.js";

type Group = ReportModel["groups"][number];

/** A forecast for the methods of each group of a report, at the sizes they ran with. */
export async function forecastGroups(
  { groups }: ReportModel,
  gpus: readonly GpuSpec[],
): Promise<ReportModel["planned"]> {
  const tables = [];
  for (const group of groups) tables.push(quotedForecast(group, await forecastMethods(await requestOf(group, gpus))));
  return tables;
}

async function requestOf({ variants, trained }: Group, gpus: readonly GpuSpec[]): Promise<ForecastRequest> {
  const places = [userDirectory()];
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
