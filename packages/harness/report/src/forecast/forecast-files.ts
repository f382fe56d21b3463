import { calibrationRemarks, calibrationTables } from "./calibration-tables.js";
import { detailTables } from "./detail-tables.js";
import type { Forecast, ForecastCalibration, ForecastView } from "./forecast.js";
import { ledgerBars } from "./memory-ledger.js";
import { forecastTitle, headRemarks, overviewTable } from "./overview-table.js";
import { renderForecast } from "./render-forecast.js";
import { trainingTables } from "./training-table.js";

/** A forecast as files: `forecast.md`, `forecast.html` and the picture of the peaks. */
export function forecastFiles(
  forecast: Forecast,
  view: ForecastView,
  calibration: ForecastCalibration | null,
): ReturnType<typeof renderForecast> {
  return renderForecast({
    title: forecastTitle(forecast),
    remarks: [
      "Tensor bytes are exact: the trainer ran on a device of shapes. Times and energies are predicted from data sheets.",
      ...headRemarks(forecast),
      ...calibrationRemarks(calibration, forecast),
    ],
    tables: [
      overviewTable(forecast, view),
      ...trainingTables(forecast, view),
      ...detailTables(forecast),
      ...calibrationTables(calibration),
    ],
    peaks: ledgerBars(forecast),
  });
}
