import {
  type Activation,
  type Attachment,
  type Backbone,
  gradientStart,
  type HookContext,
  type ReadAt,
  type Site,
  type StepContext,
} from "@petl/spec";
import { atPlace, dropout, type Random, recomputed, rmsNorm, type Tensor, tf, tidy, untaped } from "@petl/tensor";
import { disposeRecordings } from "./recordings.js";
import type { Seen } from "./seen.js";

/** What happens during a pass beside the backbone's own computation. */
export interface Intervention extends Pick<Attachment, "hooks" | "inputHooks" | "unfrozen"> {
  /** Sites whose outputs are recorded. */
  readonly reads: readonly string[];
  /** Those of them that hooks read. */
  readonly hookReads?: readonly string[];
  /** Where they are recorded, in a model that reads out some of its tokens only; default: at all tokens. */
  readonly at?: ReadAt;
}

/** What a pass must know of the backbone. */
export type PassBackbone = Pick<Backbone, "sites" | "readoutSites">;

/**
 * One trip of a batch through the backbone: runs each site and its hook, and records the outputs that are read.
 *
 * Sites before `gradientStart` run outside the tape, and everything in them except recorded outputs is freed on the way.
 */
export class Pass {
  readonly recorded = new Map<string, Activation>();
  #recording = this.recorded;
  #select: ((output: Activation) => Activation) | null = null;
  #seen: Seen | null = null;
  readonly #index: ReadonlyMap<string, number>;
  readonly #start: number;
  readonly #reads: ReadonlySet<string>;
  readonly #readout: ReadonlySet<string>;
  #hookContext: HookContext;

  constructor(
    { sites, readoutSites }: PassBackbone,
    readonly intervention: Intervention,
    readonly context: StepContext,
    /** Probability with which the backbone's own dropout zeroes a value; 0 in evaluation. */
    readonly dropoutRate: number,
    /** Keep only the inputs of a differentiated block, and recompute the rest in the backward pass. */
    readonly recomputes = false,
  ) {
    this.#index = new Map(sites.map((site, index) => [site.name, index]));
    this.#start = gradientStart({ sites, readoutSites }, intervention);
    this.#reads = new Set(intervention.reads);
    this.#readout = new Set(readoutSites);
    this.#hookContext = { ...context, recorded: this.recorded };
  }

  /** Runs the hook of the site's input, `compute`, then the site's hook, and records the output if the site is read. */
  at(name: string, input: Activation, compute: (input: Activation) => Activation): Activation {
    return this.owned(name, () => {
      const { hooks, inputHooks } = this.intervention;
      const read = inputHooks?.get(name)?.(input, this.#hookContext) ?? input;
      const plain = compute(read);
      const output = hooks.get(name)?.(plain, read, this.#hookContext) ?? plain;
      if (this.#reads.has(name)) this.#record(name, output);
      return output;
    });
  }

  /**
   * Computes a block's site from its input and what all blocks of its stack share. Where activations are recomputed,
   * `compute` runs again in the backward pass, hooks included; not in a block of which the hook of its output alone is differentiated.
   */
  block<Shared extends Readonly<Record<string, Tensor>>>(
    name: string,
    input: Activation,
    shared: Shared,
    compute: (input: Activation, shared: Shared) => Activation,
  ): Activation {
    if (!this.recomputes || !this.context.training || this.#indexOf(name) <= this.#start)
      return this.at(name, input, () => compute(input, shared));
    const given = { ...input, ...shared, ...asTensors(this.#readByHooks()) };
    const { hidden, mask, ...reads } = recomputed(`recompute ${name}`, given, (inputs) =>
      this.#withOwnRecords(() => this.#withReads(inputs, () => this.at(name, inputs, () => compute(inputs, inputs)))),
    );
    for (const [read, tensor] of Object.entries(reads)) {
      if (!read.startsWith(recordedMask))
        this.replaceRecording(read, { hidden: tensor, mask: reads[recordedMask + read]! });
    }
    return { hidden, mask };
  }

  /** Runs a computation that belongs to a site, on the tape if the site is differentiated, and frees its intermediates. */
  owned<Result extends Activation | Tensor>(name: string, compute: () => Result): Result {
    const index = this.#indexOf(name);
    const run = (): Result => atPlace({ site: name }, () => tidy(compute));
    return this.#readout.has(name) || index >= this.#start ? run() : untaped(run);
  }

  /** Whether a site's output is hooked or read, so that it must exist. */
  isWatched(name: string): boolean {
    return this.intervention.hooks.has(name) || this.#reads.has(name);
  }

  /**
   * From here on, `select` picks what is read out: it takes a site's output (rows, tokens, channels) to (rows, positions, channels).
   * What is recorded is reduced to that if the intervention asks for it. `seen` says what each of these positions sees.
   */
  readOutBy(select: (output: Activation) => Activation, seen: Seen | null = null): void {
    this.#select = select;
    this.#seen = seen;
  }

  /** Of a state of all the tokens that are recorded, what is read out: (rows, positions, channels). */
  readOut(state: Activation): Activation {
    return this.#select === null || this.#recordsReadOut ? state : this.#select(state);
  }

  /** The backbone's own dropout; `place` names the mask's stream. */
  dropout(hidden: Tensor, place: string): Tensor {
    const { rate, random } = this.dropping(place);
    return dropout(hidden, rate, random);
  }

  /** The same for operations that dropout is a part of; the rate is 0 in evaluation. */
  dropping(place: string): { readonly rate: number; readonly random: Random } {
    const rate = this.context.training ? this.dropoutRate : 0;
    const { random } = this.context;
    return { rate, random: rate === 0 ? random : random.fork(`backbone.${place}`) }; // a name's hash is not free
  }

  /** Puts a recording, which it owns from here on, in the place of the one before. */
  replaceRecording(name: string, activation: Activation): void {
    const before = this.#recording.get(name);
    if (before !== undefined) tf.dispose([before.hidden, before.mask]); // a later decoding pass sees longer answers
    this.#recording.set(name, activation);
  }

  /** Frees the recorded activations. */
  dispose(): void {
    disposeRecordings(this.recorded);
    this.recorded.clear();
  }

  get #recordsReadOut(): boolean {
    return (this.intervention.at ?? "tokens") !== "tokens";
  }

  #indexOf(name: string): number {
    const index = this.#index.get(name);
    if (index === undefined) throw new Error(`backbone: no site named ${name}`);
    return index;
  }

  #record(name: string, output: Activation): void {
    const { hidden, mask } = this.#select !== null && this.#recordsReadOut ? this.#select(output) : output;
    const hasMean = this.intervention.at === "positions-with-mean" && this.#select !== null && hidden.rank === 3;
    const recorded = hasMean && !this.#readout.has(name) ? this.#withMean(name, hidden, output) : hidden;
    this.replaceRecording(name, { hidden: tf.keep(recorded.clone()), mask: tf.keep(mask.clone()) });
  }

  /** The states at the positions that are read out, and behind each the normed mean of what it sees. */
  #withMean(name: string, read: Tensor, output: Activation): Tensor {
    if (this.#seen === null) throw new Error("backbone: expected a pass that knows what each position sees");
    const { earlier, kept } = this.#seen;
    const seen = this.#seen.tokens(output);
    const before = earlier?.of(name);
    let [states, count] = [tf.matMul(seen, rmsNorm(output.hidden)), tf.sum(seen, -1, true)];
    if (before) [states, count] = [tf.add(states, before.states), tf.add(count, before.count)];
    kept?.replace(name, { states: lastOf(states), count: lastOf(count) });
    return tf.concat([read, rmsNorm(tf.div(states, count))], -1);
  }

  /** Runs `scope`; what is recorded in it becomes part of its result. */
  #withOwnRecords(scope: () => Activation): Activation & Readonly<Record<string, Tensor>> {
    const before = this.#recording;
    const own = new Map<string, Activation>();
    this.#recording = own;
    try {
      return { ...scope(), ...asTensors(own) };
    } finally {
      this.#recording = before;
    }
  }

  /** What hooks read of the outputs so far. */
  #readByHooks(): Map<string, Activation> {
    const found = (this.intervention.hookReads ?? []).map((name) => [name, this.recorded.get(name)] as const);
    return new Map(found.flatMap(([name, activation]) => (activation === undefined ? [] : [[name, activation]])));
  }

  /** Runs `scope` with hooks that read what is among `tensors`: in the backward pass, nothing is recorded any more. */
  #withReads(tensors: Readonly<Record<string, Tensor>>, scope: () => Activation): Activation {
    const before = this.#hookContext;
    const named = this.intervention.hookReads?.filter((name) => tensors[name] !== undefined) ?? [];
    const recorded = new Map(
      named.map((name) => [name, { hidden: tensors[name]!, mask: tensors[recordedMask + name]! }]),
    );
    this.#hookContext = { ...before, recorded };
    try {
      return scope();
    } finally {
      this.#hookContext = before;
    }
  }
}

const recordedMask = "mask of ";

/** Recordings by the names of their sites, and their masks. */
function asTensors(recordings: ReadonlyMap<string, Activation>): Record<string, Tensor> {
  return Object.fromEntries(
    [...recordings].flatMap(([name, { hidden, mask }]) => [
      [name, hidden],
      [recordedMask + name, mask],
    ]),
  );
}

/** The last position alone: (rows, positions, values) -> (rows, 1, values). */
function lastOf(positions: Tensor): Tensor {
  const [rows, count, values] = positions.shape as [number, number, number];
  return count === 1 ? positions : tf.slice(positions, [0, count - 1, 0], [rows, 1, values]);
}

/** A pass through copies of a backbone's sites beside it, named after a prefix: all of it is on the tape, none of it hooked or recorded. */
export function passBeside(sites: readonly Site[], prefix: string, context: StepContext, dropoutRate: number): Pass {
  const copies = sites.map((site) => ({ ...site, name: prefix + site.name }));
  const backbone = { sites: copies, readoutSites: copies.map(({ name }) => name) };
  return new Pass(backbone, { hooks: new Map(), unfrozen: [], reads: [] }, context, dropoutRate);
}
