/**
 * The words that the threads of a pool share, as int32 indices into its control block.
 *
 * A job is cut into chunks. `remaining` counts down the chunks nobody has taken, `done` counts up those finished. A thread
 * that has taken a chunk may read the job: it is not replaced before every chunk is done.
 */
export const control = {
  /** Counts jobs; workers sleep on it. */
  sequence: 0,
  remaining: 1,
  done: 2,
  chunks: 3,
  /** Index of the kernel among the module's exported functions. */
  kernel: 4,
  units: 5,
  /** Units of a chunk. */
  chunkUnits: 6,
  /** Workers that are ready. */
  ready: 7,
  /** Workers whose kernel threw. */
  failed: 8,
  stop: 9,
  /** First of the kernel's own slots. */
  job: 16,
} as const;

/** Slots a job may have. */
export const jobSlots = 32;
export const controlWords = control.job + jobSlots;

/** Where a thread's scratch holds its index: behind a packed block of A (64 x 256 float32) and room for a tile. */
export const threadIndexAt = 64 * 256 * 4 + 1024;
/** Bytes of scratch each thread has. */
export const scratchBytes = threadIndexAt + 64;
