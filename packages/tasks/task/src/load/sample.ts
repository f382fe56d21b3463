import { TaskError } from "../errors.js";

/**
 * A fixed random sample of at most `size` items out of a stream of unknown length.
 *
 * Every position has a random key that depends on the position alone, and the `size` smallest keys win. So the sample
 * is the same for every method and every training seed, a larger sample contains the smaller one, and one pass in little
 * memory is enough.
 */
export class Sample<Item> {
  #kept: { key: number; position: number; item: Item }[] = [];
  #bound = Number.POSITIVE_INFINITY;

  /** @param size largest number of items kept; `undefined` keeps all. */
  constructor(readonly size: number | undefined) {}

  /** Offers the item at a position; `make` is called only if it may enter the sample. */
  offer(position: number, make: () => Item): void {
    const key = this.size === undefined ? position : scatter(position);
    if (key > this.#bound) return;
    this.#kept.push({ key, position, item: make() });
    if (this.size !== undefined && this.#kept.length >= 2 * this.size + 1024) this.#trim(this.size);
  }

  /** The sample in the order of the stream. */
  items(): Item[] {
    if (this.size !== undefined) this.#trim(this.size);
    return this.#kept.sort((a, b) => a.position - b.position).map(({ item }) => item);
  }

  #trim(size: number): void {
    this.#kept.sort((a, b) => a.key - b.key).splice(size);
    if (this.#kept.length === size) this.#bound = this.#kept[size - 1]!.key;
  }
}

/** A bijection of 32-bit integers that scatters them: the finalizer of MurmurHash3, on a position shifted off zero. */
export function scatter(position: number): number {
  let key = (position + 0x9e3779b9) >>> 0;
  key = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35);
  return (key ^ (key >>> 16)) >>> 0;
}

/** @throws {TaskError} `E_TASK_LIMIT` for a number of rows that cannot be */
export function checkLimit(limit: number | undefined): void {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit > 0)) return;
  throw new TaskError("E_TASK_LIMIT", "bad limit", { expected: "a whole number of rows from 1", got: String(limit) });
}
