import { formatNumber, formatPercent, formatSeconds } from "../text/format.js";
import type { Forecast, ForecastCalibration } from "./forecast.js";
import type { ForecastTable } from "./forecast-table.js";

/** The runs behind calibrated predictions, and those left out. */
export function calibrationTables(calibration: ForecastCalibration | null): ForecastTable[] {
  if (calibration === null) return [];
  const { device, precision, runs, leftOut } = calibration;
  const rows = runs.map(({ id, backbone, batchSize, maxLength, maxTargetLength, ...run }) => [
    ...[id, `${backbone}, ${batchSize} x ${maxLength} + ${maxTargetLength}`],
    ...[formatSeconds(run.measuredStepS), formatSeconds(run.leastStepS), formatPercent(run.efficiency)],
    run.powerShare === null ? "not measured" : formatPercent(run.powerShare),
  ]);
  const head = ["run", "median batch", "step, measured", "least possible", "reached", "of the power limit"];
  const omitted = leftOut.map(({ id, reason }) => [id, reason]);
  return [
    { title: `Calibrated on measured runs: ${device}, ${precision}`, rows: [head, ...rows] },
    ...(omitted.length === 0
      ? []
      : [{ title: "Runs left out of the calibration", rows: [["run", "reason"], ...omitted] }]),
  ];
}

/** What to beware of in predictions from this calibration; one sentence each. */
export function calibrationRemarks(calibration: ForecastCalibration | null, { methods }: Forecast): string[] {
  if (calibration === null) return [];
  const { device, runs, byMethod } = calibration;
  const forecast = Math.max(...methods.map(({ forwardFlops, backwardFlops }) => forwardFlops + backwardFlops));
  const measured = Math.max(...runs.map(({ stepFlops }) => stepFlops));
  const unmeasured = methods.flatMap(({ method }) => (Object.hasOwn(byMethod, method) ? [] : [method]));
  const others = methods[0]?.predicted.flatMap(({ gpu }) => (gpu === device ? [] : [gpu])) ?? [];
  return [
    ...(forecast > 10 * measured
      ? [
          `These steps are up to ${formatNumber(forecast / measured)} times as large as the measured ones, where fixed costs of each operation weigh more: expect less time than predicted, or calibrate on a larger run.`,
        ]
      : []),
    ...(unmeasured.length === 0
      ? []
      : [
          `No run of these methods was measured, so they take the mean of the others: ${[...new Set(unmeasured)].join(", ")}.`,
        ]),
    ...(others.length === 0
      ? []
      : [`For ${others.join(", ")} the forecast assumes the efficiency measured on ${device}.`]),
  ];
}
