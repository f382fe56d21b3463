import { expect, test } from "vitest";
import { type Update, updatesAfter } from "../src/updates.js";

/** Some updates after `done`, and the epochs that were begun for them, of three updates each. */
function take(count: number, done: number): { updates: Update[]; begun: number[] } {
  const begun: number[] = [];
  const stream = updatesAfter(done, 3, (epoch) => {
    begun.push(epoch);
    return [0, 1, 2].map((position) => [10 * epoch + position]);
  });
  return { updates: Array.from({ length: count }, () => stream.next().value), begun };
}

test("updates go through an epoch's batches, then the next epoch's, and know the batch after theirs", () => {
  const { updates, begun } = take(4, 0);
  expect(updates).toEqual([
    { step: 1, epoch: 1, batch: [10], nextBatch: [11] },
    { step: 2, epoch: 1, batch: [11], nextBatch: [12] },
    { step: 3, epoch: 1, batch: [12], nextBatch: [] },
    { step: 4, epoch: 2, batch: [20], nextBatch: [21] },
  ]);
  expect(begun).toEqual([1, 2]);
});

test.each([3, 4, 5])(
  "after %i updates they are those of a run from the start, and past epochs are not begun",
  (done) => {
    const { updates, begun } = take(4, done);
    expect(updates).toEqual(take(done + 4, 0).updates.slice(done));
    expect(begun).toEqual([2, 3]);
  },
);
