/**
 * The words that the threads of a pool share, as int32 indices into its control block.
 *
 * A job is cut into chunks. `remaining` counts down the chunks that no thread has taken, `done` counts up those finished. A thread
 * that has taken a chunk may read the job: the next job starts only after every chunk is done.
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
  /** Number of workers that are ready. */
  ready: 7,
  /** Number of workers whose kernel threw. */
  failed: 8,
  stop: 9,
  /** First of the kernel's own slots. */
  job: 16,
} as const;

/** Maximum number of slots of a job. */
export const jobSlots = 32;
export const controlWords = control.job + jobSlots;

/** Offset of the thread's index in its scratch: after a packed block of A (64 x 256 float32) and a tile. */
export const threadIndexAt = 64 * 256 * 4 + 1024;
/** Bytes of scratch each thread has. */
export const scratchBytes = threadIndexAt + 64;
