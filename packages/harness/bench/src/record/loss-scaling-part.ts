import type { RunRecord } from "@petl/results";
import type { Observation } from "./observation.js";

/** What came of scaling the loss; null where no step did. */
export function lossScalingPart({ steps }: Pick<Observation, "steps">): RunRecord["lossScaling"] {
  const lastScale = steps.at(-1)?.lossScale;
  if (lastScale === undefined) return null;
  return { skippedSteps: steps.filter(({ isSkipped }) => isSkipped === true).length, lastScale };
}
