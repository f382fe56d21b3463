import { type BackboneModel, disposeRecordings, Pass, type Prefilled, type Recordings, type Row } from "@petl/backbone";
import { seededRandom, tf, tidy } from "@petl/tensor";
import type { Reads } from "./applies.js";

/** Nothing is drawn: the backbone runs without dropout. */
const unused = seededRandom(0);

/** A run of the backbone: its recordings, and the position in them of each row that was asked for. */
export interface BackboneRun {
  /** The caller disposes them. */
  readonly recordings: Recordings;
  readonly positions: readonly number[];
  /** Whether it ran on the sources; otherwise only what depends on the answers is recorded. */
  readonly readsSources: boolean;
}

/** Runs a frozen backbone on rows. Where that gives the same bits, it keeps what was computed of sources for further answers to them. */
export class BackboneRunner {
  #pass: Pass | null = null;
  #prefilled: Prefilled | null = null;
  #sources: (readonly number[])[] = [];
  /** Packed values that depend on a source alone, for further answers to it. */
  readonly packedSources = new Map<readonly number[], Float32Array>();

  constructor(
    readonly backbone: BackboneModel,
    readonly reads: Reads,
  ) {}

  run(rows: readonly Row[]): BackboneRun {
    return this.backbone.prefillIsExact ? this.#continue(rows) : this.#runWhole(rows);
  }

  dispose(): void {
    if (this.#pass !== null) disposeRecordings(this.#pass.recorded);
    this.#prefilled?.dispose();
    [this.#pass, this.#prefilled, this.#sources] = [null, null, []];
    this.packedSources.clear();
  }

  #runWhole(rows: readonly Row[]): BackboneRun {
    const pass = this.#newPass();
    const inputs = this.backbone.pad(rows);
    const state = tidy(() => this.backbone.forward(inputs, pass));
    tf.dispose([state.hidden, state.mask, ...Object.values(inputs.tensors)]);
    return { recordings: new Map(pass.recorded), positions: [...rows.keys()], readsSources: true };
  }

  #continue(rows: readonly Row[]): BackboneRun {
    const known = rows.map(({ source }) => this.#sources.indexOf(source));
    const isKnown = !known.includes(-1) && new Set(known).size === known.length;
    if (!isKnown) this.#prefill(rows);
    const positions = isKnown ? known : rows.map((_, row) => row);
    const answers = this.#sources.map((): readonly number[] => []); // those of no row are only carried along
    for (const [row, position] of positions.entries()) answers[position] = rows[row]!.answer;
    const pass = this.#pass!;
    const state = tidy(() => this.#prefilled!.after(answers, pass));
    tf.dispose([state.hidden, state.mask]);
    const recordings = new Map(pass.recorded);
    pass.recorded.clear();
    return { recordings, positions, readsSources: !isKnown };
  }

  #prefill(rows: readonly Row[]): void {
    this.dispose();
    const pass = this.#newPass();
    const inputs = this.backbone.pad(rows.map((row) => ({ ...row, answer: [] })));
    this.#prefilled = this.backbone.prefill(inputs, pass);
    this.#pass = pass;
    this.#sources = rows.map(({ source }) => source);
    tf.dispose(Object.values(inputs.tensors));
  }

  #newPass(): Pass {
    const context = { params: {}, training: false, random: unused };
    return new Pass(this.backbone, { hooks: new Map(), unfrozen: [], ...this.reads }, context, 0);
  }
}
