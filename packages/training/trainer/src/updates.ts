/** One update to come. */
export interface Update {
  /** 1 for the first of the run. */
  readonly step: number;
  /** 1 for the first. */
  readonly epoch: number;
  /** Indices of the examples it sees. */
  readonly batch: readonly number[];
  /** Those of the next update of the same epoch; empty for the last. */
  readonly nextBatch: readonly number[];
}

/** The updates that follow the first `done` ones, epoch after epoch without end. Each epoch's batches are made when it begins. */
export function* updatesAfter(
  done: number,
  stepsPerEpoch: number,
  beginEpoch: (epoch: number) => readonly (readonly number[])[],
): Generator<Update, never, void> {
  for (let step = done; ; ) {
    const epoch = Math.floor(step / stepsPerEpoch) + 1;
    const batches = beginEpoch(epoch);
    for (let position = step % stepsPerEpoch; position < stepsPerEpoch; position++) {
      step += 1;
      yield { step, epoch, batch: batches[position]!, nextBatch: batches[position + 1] ?? [] };
    }
  }
}
