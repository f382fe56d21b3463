import { scoreTask } from "@petl/task";
import { seededRandom } from "@petl/tensor";

/**
 * A completed record for each run of a plan, those included that a search makes known. Each has what a run of the archive took and
 * answered; a part of its wrong answers, which grows with the arm's place in the suite, is made right, and some are changed by its seed.
 *
 * @param {import("@petl/bench").Plan} plan
 * @param {readonly import("@petl/results").RunRecord[]} archive of sst2 and stsb; other tasks are scored as sst2
 * @returns {import("@petl/results").RunRecord[]}
 */
export function recordsLike(plan, archive) {
  const records = new Map();
  for (let known = -1; known < records.size; ) {
    known = records.size;
    for (const run of plan.known(records))
      if (!records.has(run.id)) records.set(run.id, recordLike(run, plan, archive, seededRandom(records.size)));
  }
  return [...records.values()];
}

function recordLike(run, plan, archive, random) {
  const model = shortened(modelOf(run, archive, random), plan.suite);
  const pace = 0.8 + 0.4 * unit(random);
  const { trainTimeS, evalTimeS, stepMedianS } = model.time;
  const answers = model.answers.map((split) => ({ ...split, predictions: changed(split, run, random) }));
  return {
    ...model,
    id: run.id,
    run: runPart(run, plan, model),
    task: null,
    identity: { ...run.identity, device: model.identity.device },
    counts: { ...model.counts, trainableParams: model.counts.headParams + rankOf(run.config) * 4608 },
    scores: scoresPart(run, model, answers, random),
    answers,
    time: {
      ...model.time,
      trainTimeS: pace * trainTimeS,
      evalTimeS: pace * evalTimeS,
      stepMedianS: pace * stepMedianS,
    },
  };
}

/** A run of LoRA with the same stage on the same kind of task. */
function modelOf({ stage, task }, archive, random) {
  const like = task.name === "stsb" ? "stsb" : "sst2";
  const fitting = archive.filter(
    ({ run }) => run.method === "lora" && run.task === like && (run.stage === "trial") === (stage === "trial"),
  );
  return fitting[random.integers(1, fitting.length)[0]];
}

/** What a run of 16 updates an epoch has after the epochs of the suite, on its evaluation rows. */
function shortened(model, { evalLimit, settings: { epochs } }) {
  const { scores, answers, curve, windows } = model;
  return {
    ...model,
    scores: { ...scores, evaluations: scores.evaluations.slice(0, epochs) },
    answers: answers.map(({ split, references, predictions }) => ({
      ...{ split, references: references.slice(0, evalLimit), predictions: predictions.slice(0, evalLimit) },
    })),
    curve: curve.slice(0, 16 * epochs),
    windows: windows.slice(0, 2 * epochs),
    epochs: model.epochs.slice(0, epochs),
  };
}

function runPart({ stage, trial, chosen, method, config, task, seed, settings, options }, plan, model) {
  return {
    ...{ suite: plan.suite.name, stage, trial, chosen, method: method.name, methodPackage: method.packageName },
    ...{ methodConfig: config, task: task.name, seed, backbone: plan.suite.backbone, device: model.run.device },
    settings: { ...model.run.settings, ...settings, ...options },
  };
}

/** Answers of the model's run, of which some are now right and some another row's. */
function changed({ references, predictions }, { config }, random) {
  const draws = random.integers(2 * predictions.length, 1000);
  return predictions.map((prediction, row) => {
    if (draws[2 * row] < 2 * rankOf(config)) return references[row];
    return draws[2 * row + 1] < 50 ? predictions[(row + 1) % predictions.length] : prediction;
  });
}

/** The scores of the answers; a trial, which keeps none, has those of the model's run and a little more or less. */
function scoresPart({ task, options }, { scores }, answers, random) {
  const { best, test } = scores;
  if (answers.length === 0) return { ...scores, best: { ...best, score: best.score * (0.95 + 0.05 * unit(random)) } };
  const scored = scoreTask(
    task,
    answers.map(({ split, references, predictions }) => ({ name: split, references, predictions })),
  );
  const reported = { ...test, score: scored.score, metrics: scored.metrics };
  return options.protocol === "dev"
    ? { ...scores, best: { ...best, ...reported }, test: null }
    : { ...scores, test: reported };
}

/** The untouched backbone has none. */
const rankOf = (config) => config?.rank ?? 0;
const unit = (random) => random.integers(1, 1000)[0] / 1000;
