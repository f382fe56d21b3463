import type { ClassPrediction } from "./classification.js";
import { checkPairs, MetricError } from "./errors.js";

/**
 * Share of groups of which every example is answered right, 0..1; an invalid prediction is wrong. It is MultiRC's exact match (EM0 of
 * Khashabi et al. 2018, https://aclanthology.org/N18-1023), where a group holds the answers to one question.
 *
 * @param groups a number for each example, the same within a group.
 * @throws {MetricError} `E_METRIC_PAIRS`, `E_METRIC_GROUPS`.
 */
export function groupExactMatch(
  predictions: readonly ClassPrediction[],
  references: readonly number[],
  groups: readonly number[],
): number {
  checkPairs("group exact match", predictions, references);
  if (groups.length !== references.length)
    throw new MetricError("E_METRIC_GROUPS", "group exact match", {
      expected: `the group of each of ${references.length} examples`,
      got: String(groups.length),
      remedy: "give one group for each example of the split",
    });
  const wrong = new Set(groups.filter((_, row) => predictions[row] !== references[row]));
  const all = new Set(groups).size;
  return (all - wrong.size) / all;
}
