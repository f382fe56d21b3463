import { CheckpointError } from "../src/index.js";

/** The CheckpointError a function throws or rejects with; fails where it does neither or throws something else. */
export async function thrownBy(run: () => unknown): Promise<CheckpointError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error("expected a CheckpointError, nothing was thrown");
}
