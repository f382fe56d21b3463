import { describe, expect, test } from "vitest";
import { generateTask, sampleTasks } from "../src/generate.js";
import { bagOfWords, correlation, lengths, regressionAccuracy, type Sample, sharedWords } from "./statistics.js";

/** Highest accuracy that words alone, or the number of shared words, may reach on dev; measured figures in the README. */
const bounds: Readonly<Record<string, readonly [classes: number, words: number, shared: number]>> = {
  cola: [2, 0.6, 0.6],
  sst2: [2, 0.75, 0.6],
  mrpc: [2, 0.63, 0.78],
  qqp: [2, 0.6, 0.7],
  stsb: [2, 0.6, 0.95],
  mnli: [3, 0.6, 0.62],
  qnli: [2, 0.6, 0.76],
  rte: [2, 0.6, 0.69],
  wnli: [2, 0.6, 0.6],
};

/** Scores become two classes, above and below 2.5. */
function samples(task: string, split: string): Sample[] {
  const { labels } = sampleTasks[task]!;
  const rows = generateTask(task).get(split)!;
  const classOf = (label: string) => (task === "stsb" ? Number(Number(label) > 2.5) : labels.indexOf(label));
  return rows.map(({ texts, label }) => ({ texts, label: classOf(label) }));
}

describe.each(Object.entries(bounds))("%s", (task, [classes, words, shared]) => {
  const train = samples(task, "train");
  const dev = samples(task, task === "mnli" ? "dev_matched" : "dev");

  test("has balanced classes", () => {
    for (const split of [train, dev]) {
      const counts = Array.from({ length: classes }, (_, at) => split.filter(({ label }) => label === at).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(task === "stsb" ? 2 : 1); // six levels are folded into two classes
    }
  });

  test("has no row twice, nor a training row in an evaluation split", () => {
    const keys = [...generateTask(task).values()].flat().map(({ texts }) => [...texts].sort().join("\t"));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("is not told by single words", () => {
    const accuracy = regressionAccuracy(train, dev, bagOfWords);
    console.log(`${task}: bag of words ${(100 * accuracy).toFixed(1)} %`);
    expect(accuracy).toBeLessThan(words);
  });

  test("is not told by the number of shared words alone", () => {
    const accuracy = regressionAccuracy(train, dev, sharedWords);
    console.log(`${task}: shared words ${(100 * accuracy).toFixed(1)} %`);
    expect(accuracy).toBeLessThan(shared);
  });

  test("has texts as long in each class", () => {
    const all = [...train, ...dev];
    const long = all.map(lengths);
    for (let label = 0; label < classes; label++)
      for (const at of long[0]!.keys()) {
        const isIt = all.map((sample) => Number(sample.label === label));
        expect(
          Math.abs(
            correlation(
              long.map((each) => each[at]!),
              isIt,
            ),
          ),
        ).toBeLessThan(0.1);
      }
  });
});

test("other seeds leak no more", () => {
  const of = (split: string): Sample[] =>
    generateTask("mrpc", { seed: 7 })
      .get(split)!
      .map(({ texts, label }) => ({ texts, label: Number(label) }));
  expect(regressionAccuracy(of("train"), of("dev"), bagOfWords)).toBeLessThan(0.65);
});
