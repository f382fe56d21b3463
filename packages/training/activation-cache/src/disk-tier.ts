import { type FileHandle, open, readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { makeDirectory } from "@petl/files";
import { isKindName, removeKind, segmentName, segmentsIn } from "./cache-folder.js";
import { createSegment, headerBytes, headerOf, type Place, readEntry, readSegment, writeAll } from "./segment.js";

/** Bytes that may wait to be written before a caller has to wait. */
const mostPendingBytes = 128e6;

export interface DiskTierOptions {
  /** Holds a folder for each kind of entry: entries of one are of no use to another. */
  readonly directory: string;
  /** Name of the folder. */
  readonly kind: string;
  /** For everything in `directory`. */
  readonly budgetBytes: number;
  readonly warn: (message: string) => void;
}

/** Kept values in files, up to a budget. Written behind the caller's back, read with a checksum. */
export class DiskTier {
  readonly #options: DiskTierOptions;
  readonly #folder: string;
  readonly #places = new Map<string, Place>();
  readonly #inherited = new Set<string>();
  readonly #files: FileHandle[] = [];
  readonly #pending = new Map<string, Float32Array>();
  #otherBytes = 0; // of other kinds
  #bytes = 0;
  #pendingBytes = 0;
  #corrupt = 0;
  #segment: { readonly file: FileHandle; end: number } | null = null;
  #isFull = false;
  #writing: Promise<void> | null = null;

  private constructor(options: DiskTierOptions) {
    this.#options = options;
    this.#folder = join(options.directory, options.kind);
  }

  /** Opens a folder with what earlier processes left in it. @throws Error of the file system */
  static async open(options: DiskTierOptions): Promise<DiskTier> {
    const tier = new DiskTier(options);
    makeDirectory(tier.#folder);
    await utimes(tier.#folder, new Date(), new Date()); // the kind used last is the last to make room
    for (const name of await segmentsIn(tier.#folder)) await tier.#adopt(name);
    tier.#otherBytes = (await tier.#otherKinds()).reduce((sum, { bytes }) => sum + bytes, 0);
    return tier;
  }

  /** Bytes of this kind on disk or on their way there. */
  get bytes(): number {
    return this.#bytes + this.#pendingBytes;
  }

  /** Entries that were damaged. */
  get corrupt(): number {
    return this.#corrupt;
  }

  has(key: string): boolean {
    return this.#places.has(key) || this.#pending.has(key);
  }

  /** Whether an earlier process wrote it. */
  isInherited(key: string): boolean {
    return this.#inherited.has(key);
  }

  /** Null where there is no such entry, or a damaged one, which is forgotten. */
  async get(key: string): Promise<Float32Array | null> {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const place = this.#places.get(key);
    if (place === undefined) return null;
    let why = "its checksum does not match";
    try {
      const values = await readEntry(place);
      if (values !== null) return values;
    } catch (error) {
      why = (error as Error).message;
    }
    if (this.#places.get(key) === place) {
      this.#forget(key);
      this.#corrupt += 1;
      this.#options.warn(`an entry in ${this.#folder} cannot be used (${why}); it is computed again`);
    }
    return null;
  }

  /** Whether so many bytes may find room, if others make it. */
  accepts(bytes: number): boolean {
    return !this.#isFull && this.bytes + bytes <= this.#options.budgetBytes;
  }

  /** Takes values to be written by the next `flush`, if there is room; true if there was. */
  async put(key: string, values: Float32Array): Promise<boolean> {
    const bytes = headerBytes + values.byteLength;
    if (this.#isFull || !(await this.#hasRoom(bytes))) return false;
    this.#pending.set(key, values);
    this.#pendingBytes += bytes;
    return true;
  }

  /** Begins to write what was put; resolves at once, unless too much waits. */
  async flush(): Promise<void> {
    if (this.#pending.size > 0 && this.#writing === null) {
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
      });
    }
    if (this.#pendingBytes > mostPendingBytes) await this.#writing;
    else await setImmediate(); // a turn for what was written to be noticed: a step that computes on this thread gives none
  }

  /** Forgets what earlier processes wrote; returns the keys. */
  disinherit(): string[] {
    const keys = [...this.#inherited];
    for (const key of keys) this.#forget(key);
    return keys;
  }

  /** Ends writing; removes everything of this kind unless it is to be kept for another process. */
  async close(keep: boolean): Promise<void> {
    if (!keep) this.#isFull = true; // what waits need not be written
    await this.flush();
    await this.#writing;
    await Promise.all(this.#files.map((file) => file.close()));
    if (!keep) await removeKind(this.#folder);
  }

  async #adopt(name: string): Promise<void> {
    const file = await open(join(this.#folder, name), "r");
    this.#files.push(file);
    this.#bytes += (await file.stat()).size;
    for (const [key, place] of await readSegment(file)) {
      this.#places.set(key, place);
      this.#inherited.add(key);
    }
  }

  #forget(key: string): void {
    this.#places.delete(key);
    this.#inherited.delete(key);
  }

  /** Writes what waits, all of it at once, and then what came in meanwhile. */
  async #write(): Promise<void> {
    while (this.#pending.size > 0) {
      const entries = [...this.#pending].map(([key, values]) => framed(key, values));
      const bytes = entries.reduce((sum, { header, payload }) => sum + header.byteLength + payload.byteLength, 0);
      try {
        if (!this.#isFull) await this.#append(entries);
      } catch (error) {
        this.#isFull = true;
        await this.#segment?.file.truncate(this.#segment.end).catch(() => {}); // gives back what was half written
        this.#options.warn(
          `no more is written to ${this.#folder} (${(error as Error).message}); what does not fit is computed again`,
        );
      }
      for (const { key } of entries) this.#pending.delete(key);
      this.#pendingBytes -= bytes;
    }
  }

  async #append(entries: readonly Framed[]): Promise<void> {
    this.#segment ??= await this.#startSegment();
    const { file, end } = this.#segment;
    await writeAll(
      file,
      entries.flatMap(({ header, payload }) => [header, payload]),
      end,
    );
    for (const { key, header, payload } of entries) {
      const checksum = header.readUInt32LE(header.length - 8);
      const offset = this.#segment.end + header.byteLength;
      this.#places.set(key, { file, offset, length: payload.byteLength, checksum });
      this.#segment.end = offset + payload.byteLength;
    }
    this.#bytes += this.#segment.end - end;
  }

  async #startSegment() {
    const file = await createSegment(join(this.#folder, segmentName()));
    this.#files.push(file);
    const { size: end } = await file.stat();
    return { file, end };
  }

  async #hasRoom(bytes: number): Promise<boolean> {
    const over = (): boolean => this.bytes + this.#otherBytes + bytes > this.#options.budgetBytes;
    if (!over() || this.#otherBytes === 0) return !over();
    for (const kind of (await this.#otherKinds()).sort((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (!over()) break;
      await removeKind(kind.path);
      this.#otherBytes -= kind.bytes;
    }
    return !over();
  }

  async #otherKinds() {
    const { directory, kind } = this.#options;
    const entries = await readdir(directory, { withFileTypes: true });
    const others = entries.filter((entry) => entry.isDirectory() && isKindName(entry.name) && entry.name !== kind);
    return Promise.all(
      others.map(async ({ name }) => {
        const path = join(directory, name);
        const sizes = (await segmentsIn(path)).map(async (each) => (await stat(join(path, each))).size);
        const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
        return { path, bytes, usedAtMs: (await stat(path)).mtimeMs };
      }),
    );
  }
}

interface Framed {
  readonly key: string;
  readonly header: Buffer;
  readonly payload: Uint8Array;
}

function framed(key: string, values: Float32Array): Framed {
  const payload = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { key, header: headerOf(key, payload), payload };
}
