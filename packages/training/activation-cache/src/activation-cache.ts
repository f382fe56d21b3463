import { type BackboneModel, disposeRecordings, lengthsOf, type Recordings, type Row } from "@petl/backbone";
import { type ReadModel, type Reads, readsOf } from "./applies.js";
import { BackboneRunner } from "./backbone-runner.js";
import type { CacheBudget } from "./budget.js";
import { DiskTier } from "./disk-tier.js";
import { type CacheDevice, isExact, kindOf } from "./kind.js";
import { type Layout, layoutOf, valuesIn } from "./layout.js";
import { MemoryTier } from "./memory-tier.js";
import { type PackedRow, pack, unpack } from "./pack.js";
import { keysOf, type RowKeys } from "./rows.js";
import { ActivationStore, type Entry } from "./store.js";

/** What a cache has kept so far, and what that saved. */
export type CacheFigures = ActivationCache["figures"];

export interface ActivationCacheOptions {
  readonly budget: CacheBudget;
  /** Directory for what does not fit in memory; null for none. */
  readonly directory: string | null;
  /** Whether everything is written to the directory and stays there for other runs of a sweep. */
  readonly isShared: boolean;
  readonly device: CacheDevice;
  readonly warn: (message: string) => void;
}

/** What a batch reads of the backbone, and how many of its rows went forward through the backbone for it. */
export interface CachedBatch {
  /** The caller disposes them. */
  readonly recordings: Recordings;
  readonly forwards: number;
}

/**
 * Keeps what is read of a frozen backbone, so that the backbone runs once per example.
 *
 * Values are kept in host memory and files, never in tensor memory. An example that is not kept is computed again, with the same
 * bits if the device computes rows independently of each other.
 */
export class ActivationCache {
  readonly #backbone: BackboneModel;
  readonly #reads: Reads;
  readonly #layout: Layout;
  readonly #store: ActivationStore;
  readonly #options: ActivationCacheOptions;
  readonly #seen = new Map<string, string>(); // source key by target key of each example asked for
  readonly #warnings: string[];
  #lookups = 0;
  #hits = 0;
  #inherited = 0;
  #isVerified = false;

  private constructor(
    { backbone }: ReadModel,
    reads: Reads,
    store: ActivationStore,
    options: ActivationCacheOptions,
    warnings: string[],
  ) {
    this.#backbone = backbone;
    this.#reads = reads;
    this.#layout = layoutOf(backbone, reads);
    this.#store = store;
    this.#options = options;
    this.#warnings = warnings;
  }

  /** Opens a cache for a model to which it applies (`whyNotKept`). If the directory cannot be used, it warns and uses memory alone. */
  static async open(model: ReadModel, options: ActivationCacheOptions): Promise<ActivationCache> {
    const reads = readsOf(model);
    const { directory, budget, isShared, device } = options;
    const warnings: string[] = [];
    const warn = (message: string): void => {
      warnings.push(message);
      options.warn(`activation cache: ${message}`);
    };
    let disk: DiskTier | null = null;
    if (directory !== null && budget.diskBytes > 0) {
      try {
        const kind = await kindOf(model.backbone, reads, device);
        disk = await DiskTier.open({ directory, kind, budgetBytes: budget.diskBytes, warn });
      } catch (error) {
        warn(`${directory} cannot be used (${(error as Error).message}); only memory is`);
      }
    }
    const store = new ActivationStore(new MemoryTier(budget.memoryBytes), disk, isShared);
    return new ActivationCache(model, reads, store, { ...options, warn }, warnings);
  }

  /** Call it at the start of each epoch: entries that were not used for a whole epoch make room for others. */
  nextEpoch(): void {
    this.#store.memory.nextEpoch();
  }

  /** Begins to read rows that will be asked for soon. */
  readAhead(rows: readonly Row[]): void {
    this.#store.readAhead(rows.flatMap((row) => this.#keysIn(keysOf(row))));
  }

  /**
   * What a batch reads of the backbone: from the cache, or computed and then kept.
   * A `runner` keeps what was computed of sources for further answers to them; the caller disposes it.
   */
  async batch(rows: readonly Row[], runner?: BackboneRunner): Promise<CachedBatch> {
    const keys = rows.map(keysOf);
    const packed = await this.#lookUp(rows, keys);
    const missing = [...rows.keys()].filter((row) => packed[row] === undefined);
    if (missing.length === 0) return { recordings: unpack(packed as PackedRow[], rows, this.#layout), forwards: 0 };
    const fresh = await this.#compute(rows, keys, missing, runner ?? null);
    if (fresh.recordings !== null) return { recordings: fresh.recordings, forwards: fresh.forwards };
    for (const [index, row] of missing.entries()) packed[row] = fresh.packed[index]!;
    return { recordings: unpack(packed as PackedRow[], rows, this.#layout), forwards: fresh.forwards };
  }

  /** Runs the backbone for this cache; see `batch`. */
  runner(): BackboneRunner {
    return new BackboneRunner(this.#backbone, this.#reads);
  }

  /** What the cache has kept so far, and what that saved. */
  get figures() {
    const { memory, disk } = this.#store;
    const isKept = ([target, source]: [string, string]): boolean =>
      this.#keysIn({ source, target }).every((key) => this.#store.has(key));
    return {
      examples: this.#seen.size,
      examplesCovered: [...this.#seen].filter(isKept).length,
      lookups: this.#lookups,
      hits: this.#hits,
      memoryBytes: memory.bytes,
      diskBytes: disk?.bytes ?? 0,
      memoryBudgetBytes: memory.budgetBytes,
      diskBudgetBytes: disk === null ? 0 : this.#options.budget.diskBytes,
      evicted: memory.evicted,
      corrupt: disk?.corrupt ?? 0,
      inherited: this.#inherited,
      exact: isExact(this.#options.device),
      warnings: [...this.#warnings],
    };
  }

  /** Ends writing. Files stay only if runs share them. */
  async close(): Promise<void> {
    await this.#store.close(this.#options.isShared);
  }

  /** Runs the backbone for the `missing` of `rows` and keeps what fits; where all are missing, as it was recorded. */
  async #compute(
    rows: readonly Row[],
    keys: readonly RowKeys[],
    missing: readonly number[],
    shared: BackboneRunner | null,
  ): Promise<{ recordings: Recordings | null; packed: PackedRow[]; forwards: number }> {
    const runner = shared ?? this.runner();
    const { recordings, positions, readsSources } = runner.run(missing.map((row) => rows[row]!));
    const isWhole = missing.length === rows.length && readsSources;
    const isNeeded = (row: number): boolean =>
      !isWhole || shared !== null || this.#store.accepts(this.#bytesOf(rows[row]!));
    const read = [...missing.keys()].filter((index) => isNeeded(missing[index]!));
    const packed = await pack(
      { recordings, positions: read.map((index) => positions[index]!) },
      read.map((index) => rows[missing[index]!]!),
      readsSources ? this.#layout : { ...this.#layout, source: [] },
    );
    for (const [at, index] of read.entries()) {
      const row = missing[index]!;
      const { source } = rows[row]!;
      if (readsSources) runner.packedSources.set(source, packed[at]!.source);
      else packed[at] = { ...packed[at]!, source: runner.packedSources.get(source)! };
      await this.#store.put(this.#entries(keys[row]!, packed[at]!));
    }
    await this.#store.flush();
    if (shared === null) runner.dispose();
    if (!isWhole) disposeRecordings(recordings);
    return { recordings: isWhole ? recordings : null, packed, forwards: readsSources ? missing.length : 0 };
  }

  /** The kept values of rows; undefined for a row of which any part is missing. */
  async #lookUp(rows: readonly Row[], keys: readonly RowKeys[]): Promise<(PackedRow | undefined)[]> {
    const found = await this.#load(keys);
    const inherited = rows.findIndex((_, row) => found[row] !== undefined && this.#isInherited(keys[row]!));
    if (!this.#isVerified && inherited !== -1) {
      this.#isVerified = true;
      if (!(await this.#isRight(rows[inherited]!, found[inherited]!))) {
        this.#options.warn("what an earlier run left is not what the backbone computes now; it is not used");
        this.#store.disinherit();
        return this.#lookUp(rows, keys);
      }
    }
    for (const [row, { source, target }] of keys.entries()) {
      const isNew = !this.#seen.has(target);
      this.#seen.set(target, source);
      if (found[row] === undefined) continue;
      this.#hits += 1;
      if (isNew && this.#isInherited(keys[row]!)) this.#inherited += 1;
    }
    this.#lookups += rows.length;
    return found;
  }

  async #load(keys: readonly RowKeys[]): Promise<(PackedRow | undefined)[]> {
    const isKept = (key: string): boolean => this.#store.has(key);
    const whole = keys.filter((each) => this.#keysIn(each).every(isKept));
    const found = await this.#store.load(new Set(whole.flatMap((each) => this.#keysIn(each))));
    const none = new Float32Array(0);
    return keys.map((each) => {
      if (!this.#keysIn(each).every((key) => found.has(key))) return undefined;
      return { source: found.get(each.source) ?? none, target: found.get(each.target) ?? none };
    });
  }

  /** Whether the backbone computes the same for a row now: to the bit where the device promises that, else almost. */
  async #isRight(row: Row, kept: PackedRow): Promise<boolean> {
    const runner = this.runner();
    const run = runner.run([row]);
    const [computed] = await pack(run, [row], this.#layout);
    disposeRecordings(run.recordings);
    runner.dispose();
    const tolerance = isExact(this.#options.device) ? 0 : 1e-3;
    return (["source", "target"] as const).every((part) => isNear(kept[part], computed![part], tolerance));
  }

  #isInherited(keys: RowKeys): boolean {
    return this.#keysIn(keys).every((key) => this.#store.disk?.isInherited(key));
  }

  /** Keys of the parts that hold anything. */
  #keysIn(keys: RowKeys): string[] {
    return (["source", "target"] as const).flatMap((part) => (this.#layout[part].length > 0 ? [keys[part]] : []));
  }

  #entries(keys: RowKeys, packed: PackedRow): Entry[] {
    return (["source", "target"] as const).flatMap((part): Entry[] =>
      this.#layout[part].length > 0 ? [[keys[part], packed[part]]] : [],
    );
  }

  #bytesOf(row: Row): number {
    const lengths = lengthsOf(row);
    const { source, target } = this.#layout;
    return Float32Array.BYTES_PER_ELEMENT * (valuesIn(source, lengths) + valuesIn(target, lengths));
  }
}

function isNear(a: Float32Array, b: Float32Array, tolerance: number): boolean {
  if (a.length !== b.length) return false;
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.every((value, index) => Math.abs(value - b[index]!) <= tolerance * largest);
}
