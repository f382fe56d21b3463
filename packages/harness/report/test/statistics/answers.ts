import type { ArmAnswers } from "../../src/statistics/comparison.js";

/** An arm whose seeds answer `predictions` to a dev set. */
export function armOf(
  arm: string,
  references: readonly number[],
  seeds: readonly (readonly (number | null)[])[],
): ArmAnswers {
  return {
    arm,
    seeds: seeds.map((predictions) => [{ split: "dev", references: [...references], predictions: [...predictions] }]),
  };
}
