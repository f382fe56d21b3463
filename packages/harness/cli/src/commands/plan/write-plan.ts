import { join } from "node:path";
import type { Calibration, CostForecast } from "@petl/bench";
import { makeDirectory, writeWhole } from "@petl/files";
import { formatBytes, renderPlan } from "@petl/report";
import { calibrationRemarks, calibrationTables } from "./calibration-tables.js";
import { planLabels } from "./labels.js";
import { planTables, planTitle } from "./tables.js";

/** Writes `plan.md`, `plan.html` and the picture of the peaks, each whole or not at all; returns their paths. */
export async function writePlan(
  directory: string,
  plan: CostForecast,
  calibration: Calibration | null,
): Promise<string[]> {
  const labels = planLabels(plan.methods);
  const files = renderPlan({
    title: planTitle(plan),
    remarks: [
      "Tensor bytes are exact: the trainer ran on a device of shapes. Times and energies are predicted from data sheets.",
      ...calibrationRemarks(calibration, plan),
    ],
    tables: [...planTables(plan), ...calibrationTables(calibration)],
    peaks: plan.methods.map(({ peakBytes: { total, ...parts } }, index) => ({
      label: labels[index]!,
      parts,
      text: formatBytes(total, "decimal"),
    })),
  });
  makeDirectory(directory);
  const paths = [];
  for (const { name, content } of files) {
    const path = join(directory, name);
    await writeWhole(path, content);
    paths.push(path);
  }
  return paths;
}
