import type { ReportGroup } from "../model/model.js";
import type { Standing } from "../model/standing.js";
import { usualResamples } from "../statistics/resampled-scores.js";
import { distinct } from "../statistics/statistics.js";
import { formatCount } from "../text/format.js";

/** Behind the score of the best and of all that cannot be told from it. */
const amongBestMark = "†";
/** Behind a score that is not above the baselines. */
const nearBaselineMark = "≈";

/** The signs behind a variant's score; none where nothing can be said. */
export function marksOf(standing: Standing | undefined, variant: string): string {
  const marks = [
    ...(standing?.amongBest.includes(variant) ? [amongBestMark] : []),
    ...(standing?.nearBaseline.includes(variant) ? [nearBaselineMark] : []),
  ];
  return marks.join(" ");
}

/** The standing on a task. */
export function standingOn({ standings }: ReportGroup, task: string): Standing | undefined {
  return standings.tasks.find(({ over }) => over === task);
}

/** What the marks of some standings mean, and which of them could not be tested; where none could, the verdict says why. */
export function markLegend(standings: readonly Standing[]): string[] {
  const lines: string[] = [];
  if (standings.some(({ amongBest }) => amongBest.length > 0)) {
    lines.push(`${amongBestMark} cannot be told from the best: Holm-adjusted p ≥ 0.05, ${testName(standings)}`);
  }
  if (standings.some(({ nearBaseline }) => nearBaseline.length > 0)) {
    lines.push(`${nearBaselineMark} not above the better baseline: the 95 % interval includes it or lies below`);
  }
  const untested = standings.filter((standing) => standing.untested !== null);
  if (untested.length === standings.length) return lines;
  for (const reason of distinct(untested.map((standing) => standing.untested!))) {
    const labels = untested.filter((standing) => standing.untested === reason).map(({ label }) => label);
    lines.push(`not tested (${labels.join(", ")}): ${reason}`);
  }
  return lines;
}

/** The test that told scores apart; seeds are in it where there are several. */
function testName(standings: readonly Standing[]): string {
  const seeds = standings.flatMap(({ differences }) => differences.map((difference) => difference.seeds));
  const fewest = Math.min(...standings.flatMap(({ resamples }) => (resamples === 0 ? [] : [resamples])));
  const count = fewest < usualResamples ? ` (${formatCount(fewest)} resamples, as there are many runs)` : "";
  const test = `paired bootstrap over examples${count}`;
  return seeds.some((count) => count > 1) ? `${test}, with the variance over seeds` : test;
}
