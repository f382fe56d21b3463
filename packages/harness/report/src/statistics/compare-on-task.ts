import type { CompareOptions, Difference, TaskAnswers } from "./comparison.js";
import { differencesOf } from "./differences.js";
import { pairsOnTask } from "./pairs-on-task.js";

/**
 * All pairs of arms on one task, in the order of the arms: how far the mean scores over seeds differ, and whether other test examples
 * and other seeds could have made that difference (two sources of noise of Bouthillier et al. 2021, https://arxiv.org/abs/2103.03098).
 *
 * A plain bootstrap over both would be wrong for few seeds: 3 seeds resampled show 2/3 of their variance, a normal tail is too short
 * for it, and what a seed gets right on single examples counts three times (Owen 2007, https://doi.org/10.1214/07-AOAS122). Seeds are
 * nested in arms and crossed with examples, as readers are with cases where radiologists' scores are compared; for those Hillis 2014,
 * table VII (a), https://doi.org/10.1002/sim.5926, gives the variance of a difference:
 *
 * `s_1^2 / S_1 + s_2^2 / S_2 + max(0, E - u_1 / S_1 - u_2 / S_2)`
 *
 * with `s^2` an arm's variance over its S seeds, `E` the variance of the difference over examples (paired bootstrap, the seeds kept)
 * and `u` the part of a seed's variance over examples that other seeds of the arm do not share, which `s^2` holds already. Each arm has
 * its own `s^2` (Welch), p values and intervals are Student's with Satterthwaite's degrees of freedom, and two more tests guard against
 * seeds and examples that agree by chance (`significanceOf`).
 *
 * Seeds' scores are taken as normal: a rare failure that no seed showed is in no figure. Of an arm with one seed only the noise of the
 * examples is known, and `seeds` says so.
 *
 * @throws {Error} where the arms are not on the same examples.
 */
export function compareOnTask(answers: TaskAnswers, options: CompareOptions = {}): readonly Difference[] {
  return differencesOf(pairsOnTask(answers, options));
}
