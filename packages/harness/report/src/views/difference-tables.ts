import type { ReportGroup } from "../model/model.js";
import type { Standing } from "../model/standing.js";
import type { Difference } from "../statistics/comparison.js";
import { formatNumber, formatPoints } from "../text/format.js";
import { type Table, TableBuilder } from "./table.js";
import { variantLabel } from "./variant-label.js";

const headers = ["Score", "Method", "Compared with", "Points", "95 % interval", "Holm-adjusted p", "Real"];

/** The pairs with the best and with the reference: by the means over tasks, and by task; neither where nothing was tested. */
export function differenceTables(group: ReportGroup): Table[] {
  const { tasks, means } = group.standings;
  const overMeans = means.filter(({ over }) => group.commonTasks.length > 1 || over !== means[0]?.over);
  return [
    table(group, `${group.id}-differences`, "Differences of the means over tasks", overMeans),
    table(group, `${group.id}-task-differences`, "Differences on each task", tasks),
  ].filter(({ rows }) => rows.length > 0);
}

function table(group: ReportGroup, id: string, caption: string, standings: readonly Standing[]): Table {
  const builder = new TableBuilder(id, caption, headers, [0, 1, 2, 6]);
  for (const standing of standings) {
    for (const { first, second, points, low, high, adjustedP, isTold } of shownPairs(group, standing)) {
      builder.row([
        ...[standing.label, variantLabel(group, first), variantLabel(group, second)],
        { text: formatPoints(points), value: points },
        { text: `${formatPoints(low)} to ${formatPoints(high)}`, value: low },
        { text: adjustedP < 0.001 ? "< 0.001" : formatNumber(adjustedP), value: adjustedP },
        isTold ? "yes" : "cannot be told",
      ]);
    }
  }
  return builder.build();
}

/** Each pair that has the best or the reference, once, as what the other has more or less. */
function shownPairs(group: ReportGroup, { differences, best }: Standing): Difference[] {
  return [best, group.reference === best ? null : group.reference].flatMap((anchor, index) => {
    if (anchor === null) return [];
    const own = differences.filter(({ first, second }) => first === anchor || second === anchor);
    return own
      .map((difference) => (difference.second === anchor ? difference : turned(difference)))
      .filter(({ first }) => index === 0 || first !== best); // that pair is among the first ones
  });
}

function turned(difference: Difference): Difference {
  const { first, second, points, low, high } = difference;
  return { ...difference, first: second, second: first, points: -points, low: -high, high: -low };
}
