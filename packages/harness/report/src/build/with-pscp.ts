import type { Figure } from "../model/figure.js";
import { methodParams } from "../model/method-params.js";
import type { ReportModel, SummaryRow } from "../model/model.js";
import { pscp, type RowPscp } from "../model/pscp.js";
import { absent } from "./relative.js";

/** Operations of answering one row; null comes with `reason`. */
export interface CountedFlops {
  readonly flops: number | null;
  readonly reason: string | null;
}

/** The report with PSCP in its summaries. `counted` has an entry for each variant of each group, in their order. */
export function withPscp(model: ReportModel, counted: readonly (readonly CountedFlops[])[]): ReportModel {
  const groups = model.groups.map((group, at) => ({
    ...group,
    summary: group.summary.map((row) => {
      const variant = group.variants.findIndex(({ id }) => id === row.variant);
      const { flops, reason } = counted[at]![variant]!;
      return { ...row, pscp: rowPscp(row, { value: flops, reason, relative: null }) };
    }),
  }));
  return { ...model, groups };
}

function rowPscp({ means, counts, costs }: SummaryRow, forwardFlops: Figure): RowPscp {
  const [score] = means;
  const memory = costs.peakTensorBytes;
  if (score === undefined || counts === null) return { forwardFlops, pscp: absent(["no completed run"]) };
  if (forwardFlops.value === null || memory.value === null)
    return { forwardFlops, pscp: absent([forwardFlops.reason, memory.reason]) };
  const value = pscp(score.mean, {
    trainableParams: methodParams(counts).trained,
    forwardFlops: forwardFlops.value,
    memoryBytes: memory.value,
  });
  return { forwardFlops, pscp: { value, reason: null, relative: null } };
}
