import { findTask } from "@petl/glue";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { TaskAnswers } from "../../src/statistics/comparison.js";
import { twoSidedNormal } from "../../src/statistics/distributions.js";

/**
 * Of what makes an answer right, the variances that the arms do not share: the rest, up to 1, is how hard the example is for all.
 * An answer is right where the sum of normal values with these variances and the arm's skill is above 0.
 */
export interface Noise {
  /** How well a seed turned out, on all examples. */
  readonly seed: number;
  /** What an arm finds hard, in all its seeds. */
  readonly arm: number;
  /** What a seed finds hard. */
  readonly seedAndExample: number;
}

export interface SimulatedSuite {
  /** Expected accuracy of each arm, 0.5..1. */
  readonly accuracies: readonly number[];
  readonly examples: number;
  readonly seeds: number;
  readonly noise: Noise;
  readonly random: () => number;
}

/** Standard normal values of a seed: Box and Muller's. */
export function normalValues(seed: number): () => number {
  const random = xoroshiro128plus(seed);
  for (let skipped = 0; skipped < 20; skipped++) random.next(); // states of near seeds are alike at first
  return () => Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))) * Math.cos(2 * Math.PI * uniformFloat64(random));
}

/** Answers to SST-2 of arms that are called by their index. */
export function simulateSuite({ accuracies, examples, seeds, noise, random }: SimulatedSuite): TaskAnswers {
  const { seed, arm, seedAndExample } = noise;
  const normals = (variance: number, count: number) =>
    Float64Array.from({ length: count }, () => Math.sqrt(variance) * random());
  const ease = normals(1 - seed - arm - seedAndExample, examples);
  const references = Array.from(ease.keys(), (example) => example % 2);
  const arms = accuracies.map((accuracy, index) => {
    const skill = twoSidedNormal(2 * (1 - accuracy));
    const ownEase = normals(arm, examples).map((own, example) => own + ease[example]! + skill);
    const runs = Array.from({ length: seeds }, () => {
      const [turn] = normals(seed, 1);
      const isRight = normals(seedAndExample, examples).map((own, example) => own + turn! + ownEase[example]!);
      const predictions = references.map((reference, example) => (isRight[example]! > 0 ? reference : 1 - reference));
      return [{ split: "dev", references, predictions }];
    });
    return { arm: String(index), seeds: runs };
  });
  return { task: findTask("sst2"), arms };
}
