import { formatBytes } from "../text/format.js";
import { calibrationRemarks, calibrationTables } from "./calibration-tables.js";
import { detailTables } from "./detail-tables.js";
import type { Forecast, ForecastCalibration, ForecastView } from "./forecast.js";
import { forecastLabels } from "./labels.js";
import { forecastTitle, headRemarks, overviewTable } from "./overview-table.js";
import { renderForecast } from "./render-forecast.js";
import { trainingTables } from "./training-table.js";

/** A forecast as files: `forecast.md`, `forecast.html` and the picture of the peaks. */
export function forecastFiles(
  forecast: Forecast,
  view: ForecastView,
  calibration: ForecastCalibration | null,
): ReturnType<typeof renderForecast> {
  const labels = forecastLabels(forecast.methods);
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
    peaks: forecast.methods.map(({ peakBytes: { total, ...parts } }, index) => ({
      label: labels[index]!,
      parts,
      text: formatBytes(total),
    })),
  });
}
