import type { Calibration, CostForecast } from "@petl/bench";
import { formatNumber, formatPercent, formatSeconds } from "@petl/report";
import type { PlanTable } from "./plan-table.js";

/** The runs behind calibrated predictions, and those left out. */
export function calibrationTables(calibration: Calibration | null): PlanTable[] {
  if (calibration === null) return [];
  const { device, precision, runs, leftOut } = calibration;
  const rows = runs.map(({ id, backbone, batchSize, maxLength, targetLength, ...run }) => [
    ...[id, `${backbone}, ${batchSize} x ${maxLength} + ${targetLength}`],
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
export function calibrationRemarks(calibration: Calibration | null, { methods }: CostForecast): string[] {
  if (calibration === null) return [];
  const { device, runs, byMethod } = calibration;
  const planned = Math.max(...methods.map(({ forwardFlops, backwardFlops }) => forwardFlops + backwardFlops));
  const measured = Math.max(...runs.map(({ stepFlops }) => stepFlops));
  const unmeasured = methods.flatMap(({ method }) => (Object.hasOwn(byMethod, method) ? [] : [method]));
  const others = methods[0]?.predicted.flatMap(({ gpu }) => (gpu === device ? [] : [gpu])) ?? [];
  return [
    ...(planned > 10 * measured
      ? [
          `The planned steps are up to ${formatNumber(planned / measured)} times as large as those measured, which fixed costs of each operation held up more: expect less time than predicted, or calibrate on a larger run.`,
        ]
      : []),
    ...(unmeasured.length === 0
      ? []
      : [`Not measured, so taken as the mean of the others: ${[...new Set(unmeasured)].join(", ")}.`]),
    ...(others.length === 0
      ? []
      : [`For ${others.join(", ")} it is assumed that what was reached on ${device} carries over.`]),
  ];
}
