import { type BackboneRow, disposeRecordings, Pass, padRows, type Recordings, type T5 } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { seededRandom, tf, tidy } from "@petl/tensor";

/** Nothing is drawn: the backbone runs without dropout. */
const unused = seededRandom(0);

/** A run of the backbone: its recordings, and the position in them of each row that was asked for. */
export interface BackboneRun {
  /** The caller disposes them. */
  readonly recordings: Recordings;
  readonly positions: readonly number[];
  /** Whether the encoder ran for it; otherwise only the decoder's sites are recorded. */
  readonly isEncoded: boolean;
}

/** Runs a frozen backbone on rows and keeps the encoder's state for further decoder inputs of the same source texts. */
export class BackboneRunner {
  #pass: Pass | null = null;
  #encoded: Activation | null = null;
  #sources: (readonly number[])[] = [];
  /** Packed values of the encoder's sites, for further decoder inputs of the same source. */
  readonly packedSources = new Map<readonly number[], Float32Array>();

  constructor(
    readonly backbone: T5,
    readonly reads: readonly string[],
  ) {}

  run(rows: readonly BackboneRow[]): BackboneRun {
    const known = rows.map(({ source }) => this.#sources.indexOf(source));
    const isKnown = !known.includes(-1) && new Set(known).size === known.length;
    if (!isKnown) this.#encode(rows);
    const positions = isKnown ? known : rows.map((_, row) => row);
    const { decoderStartId, padId } = this.backbone.config;
    const prefixes = this.#sources.map((source): BackboneRow => ({ source, decoderInput: [decoderStartId] })); // only carried along
    for (const [row, position] of positions.entries()) prefixes[position] = rows[row]!;
    const pass = this.#pass!;
    const { sources, mask, decoderInputs } = padRows(prefixes, padId);
    const state = tidy(() => this.backbone.decode(decoderInputs, this.#encoded!, pass));
    tf.dispose([state.hidden, state.mask, sources, mask, decoderInputs]);
    const recordings = new Map(pass.recorded);
    pass.recorded.clear();
    return { recordings, positions, isEncoded: !isKnown };
  }

  dispose(): void {
    if (this.#pass !== null) disposeRecordings(this.#pass.recorded);
    if (this.#encoded !== null) tf.dispose([this.#encoded.hidden, this.#encoded.mask]);
    [this.#pass, this.#encoded, this.#sources] = [null, null, []];
    this.packedSources.clear();
  }

  #encode(rows: readonly BackboneRow[]): void {
    this.dispose();
    const context = { params: {}, training: false, random: unused };
    const pass = new Pass(this.backbone.sites, { hooks: new Map(), unfrozen: [], reads: this.reads }, context, 0);
    const { sources, mask, decoderInputs } = padRows(rows, this.backbone.config.padId);
    this.#encoded = tidy(() => this.backbone.encode(sources, mask, pass));
    this.#pass = pass;
    this.#sources = rows.map(({ source }) => source);
    tf.dispose([sources, decoderInputs]);
  }
}
