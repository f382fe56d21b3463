import type { ReportGroup, Series } from "../model.js";
import { slug } from "../text.js";

/** A curve picture to be drawn; `name` is unique in its group and safe as a file name. */
export interface CurveChart {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly lines: readonly Series[];
}

/** Loss and score over steps of each task, those without a point left out. */
export function curveCharts(group: ReportGroup): CurveChart[] {
  return group.curves.flatMap(({ name, label, loss, score }, index) => {
    const file = (kind: string) => `${String(index + 1).padStart(2, "0")}-${slug(name)}-${kind}`;
    const charts = [
      { name: file("loss"), title: `${label}: training loss`, lines: loss },
      { name: file("score"), title: `${label}: score`, lines: score },
    ];
    return charts
      .filter(({ lines }) => lines.length > 0)
      .map((chart) => ({ ...chart, description: `${chart.title} over training steps, ${chart.lines.length} runs` }));
  });
}
