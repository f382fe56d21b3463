import type { RunRecord, ScoreInterval, ScorePoint } from "@petl/results";
import type { EvaluationResult } from "@petl/trainer";
import type { Observation } from "./observation.js";

const longestCurve = 2000;

/** Every evaluation, the best (the earliest of equals) with its interval and the last; null before the first. */
export function scoresPart(
  evaluations: readonly EvaluationResult[],
  said: { readonly step: number; readonly interval: ScoreInterval } | null = null,
): RunRecord["scores"] {
  const last = evaluations.at(-1);
  if (last === undefined) return null;
  const best = evaluations.reduce((a, b) => (b.score > a.score ? b : a));
  const all = evaluations.map(({ split, examples, wallTimeS, ...rest }) => ({
    ...pointOf(rest as EvaluationResult),
    split,
    examples,
    wallTimeS,
  }));
  const interval = said?.step === best.step ? said.interval : null;
  return { best: { ...pointOf(best), interval }, last: pointOf(last), evaluations: all, test: null, constant: null };
}

function pointOf({ step, epoch, score, metrics, notices }: EvaluationResult): ScorePoint {
  return { step, epoch, score, metrics: { ...metrics }, notices: [...notices] };
}

/** The logged training losses, every k-th of a run with more than 2,000, the last always. */
export function curvePart({ steps }: Observation): RunRecord["curve"] {
  const logged = steps.flatMap(({ step, epoch, loss, learningRate }) =>
    loss === undefined ? [] : [{ step, epoch, loss, learningRate }],
  );
  const stride = Math.ceil(logged.length / longestCurve);
  return logged.filter((_, index) => index % stride === 0 || index === logged.length - 1);
}
