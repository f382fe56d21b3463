import { calibrationRemarks, calibrationTables } from "./calibration-tables.js";
import { detailTables } from "./detail-tables.js";
import type { Forecast, ForecastCalibration, ForecastView } from "./forecast.js";
import { type ForecastTable, fitWidth } from "./forecast-table.js";
import { headRemarks, overviewTable } from "./overview-table.js";
import { trainingTables } from "./training-table.js";

/** Characters of a line at most. */
const width = 100;

/** A forecast for the terminal: tables of at most 100 columns, the details only where wanted, and remarks below them. */
export function forecastTables(
  forecast: Forecast,
  view: ForecastView,
  calibration: ForecastCalibration | null,
  withDetails: boolean,
): { readonly tables: readonly ForecastTable[]; readonly remarks: readonly string[] } {
  const tables = [
    overviewTable(forecast, view),
    ...trainingTables(forecast, view),
    ...(withDetails ? [...detailTables(forecast), ...calibrationTables(calibration)] : []),
  ];
  return {
    tables: tables.flatMap((table) => fitWidth(table, width)),
    remarks: [...headRemarks(forecast), ...calibrationRemarks(calibration, forecast)],
  };
}
