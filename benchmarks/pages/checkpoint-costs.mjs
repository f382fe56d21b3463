import {
  buildReport,
  busyMachine,
  formatBytes,
  formatCount,
  formatSeconds,
  markdownTable,
  methodParams,
} from "@petl/report";
import { armLabels } from "./arm-labels.mjs";
import { cost } from "./suite-table.mjs";

/**
 * What a suite's methods cost on each checkpoint, a section of Markdown each; those without a completed run are left out.
 *
 * @param {import("@petl/bench").SuiteInput} suite
 * @param {readonly string[]} checkpoints names of backbones
 * @param {readonly import("@petl/results").RunRecord[]} records
 */
export async function checkpointCosts(suite, checkpoints, records) {
  const sections = await Promise.all(
    checkpoints.map(async (checkpoint) => {
      const own = records.filter(({ run, status }) => run.backbone === checkpoint && status === "completed");
      if (own.length === 0) return [];
      const { groups } = buildReport(own, { reference: suite.reference ?? null });
      const [group, ...others] = groups;
      if (others.length > 0) throw new Error(`${checkpoint}: expected runs that compare, got ${groups.length} groups`);
      const taken = own.reduce((sum, { startedAt, endedAt }) => sum + Date.parse(endedAt) - Date.parse(startedAt), 0);
      const tasks = group.tasks.filter(({ name }) => group.commonTasks.includes(name));
      const over = `Costs of ${tasks.map(({ label }) => label).join(", ")}, which every method completed.`;
      const table = costTable(group, await armLabels(suite, group.variants));
      return [
        `## ${checkpoint}`,
        [`${own.length} runs completed in ${formatSeconds(taken / 1000)}.`, over, ...busyMachine(own)].join(" "),
        `${table}\n`,
      ];
    }),
  );
  return sections.filter(({ length }) => length > 0).map((section) => section.join("\n\n"));
}

const columns = [
  ["peak tensor memory", "peakTensorBytes", formatBytes],
  ["in evaluation", "peakEvalTensorBytes", formatBytes],
  ["host memory", "peakHostBytes", formatBytes],
  ["training", "trainTimeS", formatSeconds],
  ["evaluation", "evalTimeS", formatSeconds],
];

function costTable({ summary }, labels) {
  const rows = labels.flatMap(([id, label]) => {
    const row = summary.find(({ variant }) => variant === id);
    if (row === undefined) return [];
    const { counts, costs } = row;
    return [
      [
        ...[label, formatCount(methodParams(counts).trained)],
        `${counts.backwardLayers} of ${counts.layers}`,
        ...columns.map(([, key, format]) => cost(costs[key], format)),
      ],
    ];
  });
  return markdownTable(["method", "trained", "backward", ...columns.map(([head]) => head)], rows);
}
