import type { DiskTier } from "./disk-tier.js";
import type { MemoryTier } from "./memory-tier.js";

/** A key and its values. */
export type Entry = readonly [key: string, values: Float32Array];

/** Kept values by key: in memory first, then on disk. */
export class ActivationStore {
  readonly #ahead = new Map<string, Promise<Float32Array | null>>();

  constructor(
    readonly memory: MemoryTier,
    readonly disk: DiskTier | null,
    /** Whether everything goes to the disk as well, for other processes. */
    readonly writesThrough: boolean,
  ) {}

  has(key: string): boolean {
    return this.memory.has(key) || this.disk?.has(key) === true;
  }

  /** Begins to read entries from disk that will be asked for soon. */
  readAhead(keys: Iterable<string>): void {
    const { disk } = this;
    if (disk === null) return;
    for (const key of keys)
      if (!this.memory.has(key) && disk.has(key) && !this.#ahead.has(key)) this.#ahead.set(key, disk.get(key));
  }

  /** The kept values among `keys`. Values from disk stay in memory if they fit. */
  async load(keys: ReadonlySet<string>): Promise<Map<string, Float32Array>> {
    this.readAhead(keys);
    const found = new Map<string, Float32Array>();
    for (const key of keys) {
      const values = this.memory.get(key) ?? (await this.#ahead.get(key));
      this.#ahead.delete(key);
      if (values == null) continue;
      found.set(key, values);
      if (!this.memory.has(key)) this.memory.put(key, values);
    }
    return found;
  }

  /** Whether an example of this many bytes may find room. */
  accepts(bytes: number): boolean {
    const { memory, disk } = this;
    return memory.bytes + bytes <= memory.budgetBytes || memory.hasStale || disk?.accepts(bytes) === true;
  }

  /** Keeps an example's entries if there is room for all of them, since one alone is useless. */
  async put(entries: readonly Entry[]): Promise<void> {
    const missing = entries.filter(([key]) => !this.has(key));
    const bytes = missing.reduce((sum, [, values]) => sum + values.byteLength, 0);
    const { memory, disk, writesThrough } = this;
    const fitsMemory = memory.bytes + bytes <= memory.budgetBytes;
    if (fitsMemory) for (const entry of missing) memory.put(...entry);
    let onDisk = false;
    if (disk !== null && (writesThrough || !fitsMemory)) {
      onDisk = true;
      for (const entry of missing) onDisk &&= await disk.put(...entry);
    }
    if (!fitsMemory && !onDisk && memory.makeRoom(bytes)) for (const entry of missing) memory.put(...entry);
  }

  /** Begins to write what was put. Call it after each batch. */
  async flush(): Promise<void> {
    await this.disk?.flush();
  }

  /** Forgets the entries of other processes. */
  disinherit(): void {
    for (const key of this.disk?.disinherit() ?? []) this.memory.delete(key);
    this.#ahead.clear();
  }

  async close(keepFiles: boolean): Promise<void> {
    await Promise.all(this.#ahead.values());
    await this.disk?.close(keepFiles);
  }
}
