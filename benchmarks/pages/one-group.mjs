import { defaultReference } from "@petl/presets";
import { buildReport } from "@petl/report";

/**
 * The report's model of a suite's records, and its only group.
 *
 * @param {string} name the suite's
 * @param {readonly import("@petl/results").RunRecord[]} records
 * @returns {{ model: import("@petl/report").ReportModel, group: import("@petl/report").ReportModel["groups"][number] }}
 * @throws Error where the runs were not made under one set of conditions
 */
export function oneGroup(name, records) {
  const model = buildReport(records, { reference: defaultReference });
  if (model.groups.length !== 1) {
    throw new Error(
      `${name}: expected runs under one set of conditions, got ${model.groups.length}; start again elsewhere`,
    );
  }
  const [group] = model.groups;
  return { model, group };
}
