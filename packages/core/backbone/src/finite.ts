import { type Tensor, tf, widened } from "@petl/tensor";

/** A figure that decides a result is NaN or infinite: the run that computed it has no score. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
  readonly code = "E_NOT_FINITE";
  constructor(
    /** Where it arose, such as `evaluation after step 12`. */
    readonly place: string,
    /** What must be finite, such as `logits` or `lora.a (a trained tensor)`. */
    readonly what: string,
    readonly value: number,
    remedy: string,
  ) {
    super(`${place}: expected finite ${what}, got ${value}; ${remedy}`);
  }
}

/** A value of a tensor that is NaN or infinite; `index` is row-major. */
export interface NotFinite {
  readonly name: string;
  readonly index: number;
  readonly value: number;
}

/**
 * The first value that is not finite among named float tensors, or null.
 *
 * The device sums each tensor and the sums are read at once; only a tensor whose sum is not finite is read itself.
 */
export async function findNotFinite(tensors: Readonly<Record<string, Tensor>>): Promise<NotFinite | null> {
  const entries = Object.entries(tensors);
  if (entries.length === 0) return null;
  const sums = tf.tidy(() => tf.stack(entries.map(([, tensor]) => tf.tidy(() => tf.sum(widened(tensor))))));
  const values = await sums.data();
  sums.dispose();
  for (const [position, [name, tensor]] of entries.entries()) {
    if (Number.isFinite(values[position])) continue;
    const stored = await tensor.data();
    const index = stored.findIndex((value) => !Number.isFinite(value)); // -1: large values, whose sum overflows
    if (index >= 0) return { name, index, value: stored[index]! };
  }
  return null;
}
