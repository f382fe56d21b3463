import type { RunRecord, ScorePoint } from "@petl/results";
import { type EvaluationResult, isBetter } from "@petl/trainer";
import type { Observation } from "./observation.js";

const longestCurve = 2000;

/** Every evaluation, the best (`isBetter`; the earliest of equals), the last, and the test where there was one; null before the first. */
export function scoresPart({
  evaluations,
  test,
  scored,
}: Pick<Observation, "evaluations" | "test" | "scored">): RunRecord["scores"] {
  const last = evaluations.at(-1);
  if (last === undefined) return null;
  const best = evaluations.reduce((a, b) => (isBetter(b, a) ? b : a));
  const interval = scored?.step === best.step ? scored.interval : null;
  return {
    best: { ...pointOf(best), interval: test === null ? interval : null },
    last: pointOf(last),
    evaluations: evaluations.map(evaluationOf),
    test: test && { ...evaluationOf(test), interval },
    constant: scored && { ...scored.constant },
  };
}

/** Answers behind the reported score. */
export function answersPart({ scored }: Pick<Observation, "scored">): RunRecord["answers"] {
  return (scored?.answers ?? []).map(({ split, references, predictions, groups }) => ({
    split,
    references: [...references],
    predictions: [...predictions],
    ...(groups !== undefined && { groups: [...groups] }),
  }));
}

function evaluationOf(result: EvaluationResult) {
  const { split, examples, wallTimeS } = result;
  return { ...pointOf(result), split, examples, wallTimeS };
}

function pointOf({ step, epoch, score, loss, metrics, notices }: EvaluationResult): ScorePoint {
  return { step, epoch, score, loss, metrics: { ...metrics }, notices: [...notices] };
}

/** The logged training losses, every k-th of a run with more than 2,000, the last always. */
export function curvePart({ steps }: Observation): RunRecord["curve"] {
  const logged = steps.flatMap(({ step, epoch, loss, learningRate }) =>
    loss === undefined ? [] : [{ step, epoch, loss, learningRate }],
  );
  const stride = Math.ceil(logged.length / longestCurve);
  return logged.filter((_, index) => index % stride === 0 || index === logged.length - 1);
}
