import type { ActivationCache, BackboneRunner } from "@petl/activation-cache";
import { seededRandom, tf } from "@petl/tensor";
import { type BranchScores, candidateLogits, isDecided } from "./trie-walk.js";
import type { TunedModel } from "./tuned-model.js";

/** Evaluation draws nothing. */
const unused = seededRandom(0);

/** Scores of branches with recordings from the cache; `sources` are the walks' source texts. */
export function cachedScores(
  model: TunedModel,
  cache: ActivationCache,
  runner: BackboneRunner,
  sources: readonly (readonly number[])[],
  onForwards: (rows: number) => void,
): BranchScores {
  return async (walks, branches) => {
    const open = [...walks.keys()].filter((row) => !isDecided(walks[row]!));
    const prefixes = open.map((row) => walks[row]!.ids);
    const rows = open.map((row, index) => ({ source: sources[row]!, decoderInput: prefixes[index]! }));
    const { recordings, forwards } = await cache.batch(rows, runner);
    onForwards(forwards);
    const shape = [open.length, Math.max(...prefixes.map((ids) => ids.length))];
    const scores = tf.tidy(() =>
      candidateLogits(model.recordedLogits(recordings, shape, false, unused), prefixes, branches),
    );
    const values = await scores.data();
    scores.dispose();
    const all = new Float32Array(walks.length * branches.length);
    for (const [index, row] of open.entries())
      all.set(values.subarray(index * branches.length, (index + 1) * branches.length), row * branches.length);
    return all;
  };
}
