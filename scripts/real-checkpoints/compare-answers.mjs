// Answers without training to whole development sets, beside those of transformers.
import { built } from "./built.mjs";

const { findTask, glueReader } = await built("tasks/glue");
const { loadTask } = await built("tasks/task");
const { prepareTexts, predict, TunedModel } = await built("training/trainer");
const { seededRandom } = await built("core/tensor");

/** Of a backbone as it is. */
const untuned = { name: "untuned", attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }) };

/** A lead in nats, or in logits on a walk, below which two engines may choose differently. */
const tie = 1e-3;

/** For each task and scoring: how many choices of its first `most` rows differ, and how far scores do. */
export async function* compareAnswers({ model, tokenizer }, { tasks }, glue, most) {
  const isDecoder = model.kind === "decoder";
  const tuned = TunedModel.attach(model, untuned, {}, seededRandom(0));
  for (const [name, { rows: all }] of Object.entries(tasks)) {
    const task = findTask(name);
    const { evaluations } = await loadTask(await glueReader(glue, task), { limit: 1 });
    const { examples: found } = evaluations[0];
    if (found.length !== all.length) throw new Error(`${name}: expected ${all.length} rows, got ${found.length}`);
    const [examples, rows] = [found.slice(0, most), all.slice(0, most)];
    for (const scoring of isDecoder ? ["likelihood"] : ["likelihood", "trie"]) {
      const encoding = {
        ...{ kind: model.kind, tokenizer, scoring, format: isDecoder ? "lm-eval" : "t5" },
        ...{ maxLength: 2048, maxTargetLength: 16 },
      };
      const texts = prepareTexts(task, examples, encoding);
      const { answers } = await predict(tuned, texts.answering, texts.examples, {
        evalBatchSize: 16,
        maxTargetLength: 16,
      });
      yield { task: name, scoring, ...compared(answers, rows, scoring) };
    }
  }
}

function compared(answers, rows, scoring) {
  const theirs = rows.map(({ choice, walkChoice, logLikelihoods, walkLogits }) =>
    scoring === "trie" ? { choice: walkChoice, scores: walkLogits } : { choice, scores: logLikelihoods },
  );
  const differences = answers.flatMap(({ scores }, row) =>
    (scores ?? []).map((score, index) => Math.abs(score - theirs[row].scores[index])),
  );
  const largest = scoring === "trie" ? null : differences.reduce((most, value) => Math.max(most, value), 0);
  const different = answers.flatMap(({ value }, row) => {
    const { choice, scores } = theirs[row];
    if (value === choice) return [];
    const lead = scores[choice] - Math.max(...scores.filter((_, index) => index !== choice));
    return [
      {
        index: rows[row].index,
        ours: value,
        theirs: choice,
        lead,
        isTie: lead < tie,
      },
    ];
  });
  const share = (choices) => choices.filter((choice, row) => choice === rows[row].label).length / rows.length;
  return {
    rows: rows.length,
    accuracy: share(answers.map(({ value }) => value)),
    theirAccuracy: share(theirs.map(({ choice }) => choice)),
    ...{ largest, different },
  };
}
