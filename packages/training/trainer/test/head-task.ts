import type { BackboneModel } from "@petl/backbone";
import { seededRandom } from "@petl/tensor";
import family from "../../../core/backbone/test/running-mean.js";
import { answerLoss } from "../src/answer/answer-loss.js";
import type { TaskData, TokenizedExample } from "../src/index.js";

/** A small decoder without a head, and with one for a task. */
export const plainBackbone = (): BackboneModel =>
  family.build("mean", family.testConfig, family.initialise(family.testConfig, seededRandom(2), "trained"));
export const headedBackbone = (kind: "classes" | "score"): BackboneModel =>
  plainBackbone().withHead({ kind, outputs: kind === "classes" ? 3 : 1 }, seededRandom(5));

/** Which of tokens 5, 6, 7 stands in the text: its place among them is the class, or the score. */
export function headTask(kind: "classes" | "score", train = 96, dev = 24): TaskData {
  const random = seededRandom(11);
  const examples = Array.from({ length: train + dev }, (): TokenizedExample & { value: number } => {
    const [value, length] = [random.integers(1, 3)[0]!, 2 + random.integers(1, 6)[0]!];
    return { source: [...random.integers(length, 30).map((id) => 10 + id), 5 + value, 1], target: [], value };
  });
  const held = examples.slice(train);
  return {
    name: `head-${kind}`,
    train: examples.slice(0, train),
    evaluations: [{ name: "dev", examples: held, references: held.map(({ value }) => value) }],
    answering: { scoring: "head", head: { kind, outputs: kind === "classes" ? 3 : 1 } },
    loss: ([answers]) =>
      answerLoss(
        kind === "classes" ? "class" : "score",
        answers!,
        held.map(({ value }) => value),
      ),
    score([predictions]) {
      const right = predictions!.filter((answer, at) => Math.round(answer as number) === held[at]!.value).length;
      return { score: (100 * right) / dev, metrics: {}, invalid: 0, notices: [] };
    },
    ...{ interval: () => ({ low: 0, high: 100, level: 0, resamples: 0 }), constant: () => ({ answer: "", score: 0 }) }, // nothing here reads them
    test: null,
  };
}
