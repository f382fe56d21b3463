interface Held {
  readonly values: Float32Array;
  usedInEpoch: number;
}

/** Kept values in host memory, up to a budget. What was not used for a whole epoch makes room for others. */
export class MemoryTier {
  readonly #held = new Map<string, Held>(); // the one used longest ago comes first
  #bytes = 0;
  #evicted = 0;
  #epoch = 0;

  constructor(readonly budgetBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get evicted(): number {
    return this.#evicted;
  }

  nextEpoch(): void {
    this.#epoch += 1;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  get(key: string): Float32Array | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    held.usedInEpoch = this.#epoch;
    return held.values;
  }

  /** Keeps values if they fit; true if they did. */
  put(key: string, values: Float32Array): boolean {
    if (this.#bytes + values.byteLength > this.budgetBytes) return false;
    this.#held.set(key, { values, usedInEpoch: this.#epoch });
    this.#bytes += values.byteLength;
    return true;
  }

  delete(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#bytes -= held.values.byteLength;
  }

  /** Whether anything was not used in the last epoch. */
  get hasStale(): boolean {
    const [oldest] = this.#held.values();
    return oldest !== undefined && this.#isStale(oldest);
  }

  /** Drops what was used longest ago, if that was before the last epoch, until `bytes` more fit; true if they do. */
  makeRoom(bytes: number): boolean {
    for (const [key, held] of this.#held) {
      if (this.#bytes + bytes <= this.budgetBytes || !this.#isStale(held)) break;
      this.delete(key);
      this.#evicted += 1;
    }
    return this.#bytes + bytes <= this.budgetBytes;
  }

  #isStale({ usedInEpoch }: Held): boolean {
    return usedInEpoch < this.#epoch - 1;
  }
}
