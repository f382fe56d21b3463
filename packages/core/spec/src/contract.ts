import type { Random, Tensor } from "@petl/tensor";
import type { TensorSettings } from "./tensor-settings.js";

/** Tensors by dotted name, for example `encoder.0.attention.query.loraA`. */
export type Params = Readonly<Record<string, Tensor>>;

/** What a site computes. */
export type SiteKind =
  | "embedding"
  | "block"
  | "attention"
  | "attention-weights"
  | "feedforward"
  | "activation"
  | "linear"
  | "norm";

/** A named computation of the backbone. Sites are listed in the order in which they finish: a block after its parts. */
export interface Site {
  /** Unique, for example `encoder.3.attention.query`. */
  readonly name: string;
  readonly kind: SiteKind;
  /** 0-based within its stack; -1 where a site belongs to no layer (embeddings, closing norms, `lmHead`). */
  readonly layer: number;
  /** Channels that go in and come out. */
  readonly width: readonly [input: number, output: number];
  /** Names of the backbone tensors owned here. Each tensor has one owner; only leaves own any. */
  readonly params: readonly string[];
}

/** What a method may know of a backbone: its geometry and its tensors, and how copies of its blocks compute; never its code. */
export interface Backbone {
  readonly name: string;
  readonly sites: readonly Site[];
  readonly params: Params;
  /** What the backbone's published checkpoints call each of `params`; a tensor that is not there has our name. */
  readonly publishedNames: ReadonlyMap<string, string>;
  /** An `encoder` has sites named `encoder.`, a `decoder` those named `decoder.`, an `encoder-decoder` both. */
  readonly kind: "encoder-decoder" | "encoder" | "decoder";
  /**
   * Names of the sites that turn the last state into an answer, in order: closing norm, language model head, or a task's head. They run
   * after a side network, are always differentiated, and do not count in `gradientStart`.
   */
  readonly readoutSites: readonly string[];
  /** Names of the tensors of a task's head, which every method trains; empty where the backbone answers in text. */
  readonly head: readonly string[];
  /** Its blocks at widths divided by `reduction`. Absent where a block reads more than one stack. */
  narrow?(reduction: number): NarrowBlocks;
}

/** How copies of a backbone's blocks compute at a fraction of its widths, with tensors that a method adds. */
export interface NarrowBlocks {
  /** Channels of a head; whole where the reduction fits. */
  readonly headWidth: number;
  /**
   * Where positions turn each channel of queries and keys by an angle of its own: the channels of the backbone's heads whose angles the
   * copies' heads have, (headWidth). Null: all are alike.
   */
  readonly turnedChannels: readonly number[] | null;
  /** Standard deviation of the family's fresh weights; its biases start at 0 and its norms at 1. */
  readonly initialDeviation: number;
  /**
   * Begins a forward pass over states of `tokens` (batch, tokens) -> runs a block or a closing norm by its name in the backbone:
   * (batch, tokens, channels) -> the same shape. Its tensors are in `context.params` under the backbone's names after `prefix`;
   * `dropout` is a probability, where the family has dropout, in training.
   */
  begin(
    tokens: readonly [batch: number, tokens: number],
    copies: { readonly prefix: string; readonly dropout: number; readonly context: StepContext },
  ): (site: string, input: Activation) => Activation;
}

/** A state on its way through the backbone. */
export interface Activation {
  /** (batch, tokens, channels); at an `attention-weights` site (batch, heads, queries, keys). */
  readonly hidden: Tensor;
  /** float32, 1 for a real token and 0 for padding: (batch, tokens); at an `attention-weights` site (batch, keys). */
  readonly mask: Tensor;
}

/** What a hook or a side network gets in every step beside its activations. */
export interface StepContext {
  /** The tensors the method added, frozen ones too, as they are now. */
  readonly params: Params;
  /** False in evaluation: no dropout. */
  readonly training: boolean;
  /** A stream of this step's own; `fork` it by site name. */
  readonly random: Random;
}

/** What a hook gets in every step beside its activations. */
export interface HookContext extends StepContext {
  /** Outputs of the sites in the attachment's `reads`, of those that ran before. */
  readonly recorded: ReadonlyMap<string, Activation>;
}

/**
 * Replaces a site's output. `input` is what the site read. Where activations are recomputed it runs again in the backward
 * pass and must do the same: it draws from `context.random.fork(site)`, never from `context.random` itself.
 */
export type Hook = (output: Activation, input: Activation, context: HookContext) => Activation;

/** Replaces what a linear site reads: (batch, tokens, input channels) -> the same shape. Otherwise as a `Hook`. */
export type InputHook = (input: Activation, context: HookContext) => Activation;

/**
 * Where a side network reads a site: at all `tokens`, (batch, tokens, channels); at the `positions` that are read out, (batch, positions,
 * channels); or at these `positions-with-mean`, (batch, positions, 2 * channels): behind the state, the mean of the RMS-normed states of all
 * tokens that the position sees, itself among them, RMS-normed again. Where the model reads out all of its tokens, it is always at all of them.
 */
export type ReadAt = "tokens" | "positions" | "positions-with-mean";

/** A network beside the backbone: it reads recorded activations and returns the state that enters the readout. */
export interface SideNetwork {
  /** Sites whose outputs it reads. */
  readonly reads: readonly string[];
  /** Where it reads them; default: at all tokens. A decoder, most of whose tokens no answer is read from, records less at the others. */
  readonly at?: ReadAt;
  /** The one of the backbone's `readoutSites` whose input its result replaces. */
  readonly enters: string;
  /** -> (batch, positions that are read out, channels). `readOut` picks those of a state of all the tokens that were recorded. */
  forward(
    recorded: ReadonlyMap<string, Activation>,
    context: StepContext,
    readOut: (state: Activation) => Activation,
  ): Tensor;
}

/** What a method adds to one backbone. */
export interface Attachment {
  /** Tensors the method adds; those not in `frozen` are trained. */
  readonly params: Params;
  /** Those of `params` that keep their first values; they are counted, saved and exported with the others. */
  readonly frozen?: readonly string[];
  /** Backbone tensors it trains in place. */
  readonly unfrozen: readonly string[];
  /** In the backbone's path, by site name. */
  readonly hooks: ReadonlyMap<string, Hook>;
  /** The same before a linear site, which then reads what the hook returns; not at the readout's sites. */
  readonly inputHooks?: ReadonlyMap<string, InputHook>;
  /** Sites whose outputs hooks read in `context.recorded`; all come before the first site that is differentiated. */
  readonly reads?: readonly string[];
  /** Off its path. */
  readonly side?: SideNetwork;
  /** How a trained tensor departs from the suite's optimizer settings. `params`: the added tensors, as they are now. */
  optimizer?(param: string, params: Params): TensorSettings;
  /**
   * What update `update` (1 for the first) trains of all that is trained; pure. The rest gets no gradient then, and the optimizer keeps
   * nothing of it: a tensor that comes back begins with fresh moments. A task's head is always trained. Absent: all of it, always.
   */
  trainedIn?(update: number): readonly string[];
  /** Backbone tensors to replace for inference, by name; absent: inference runs as trained. */
  merge?(backbone: Params, params: Params): Params;
}

/** Files below one directory, by path. */
export interface LayoutFiles {
  /** safetensors files: their tensors, by name. */
  readonly tensors: Readonly<Record<string, Params>>;
  readonly json: Readonly<Record<string, unknown>>;
  /** Text files, such as the source of a module that reads the others. */
  readonly text?: Readonly<Record<string, string>>;
}

/** A tuned method, all that another library may want to know of it. */
export interface Tuned<Config = unknown> {
  readonly backbone: Backbone;
  /** Where others find the backbone: a name on the hub or a directory. */
  readonly backboneSource: string;
  readonly config: Config;
  /** Every trained tensor by our names: those added and the backbone's unfrozen ones. */
  readonly trained: Params;
  /** The added tensors that were not trained, by our names. */
  readonly frozen: Params;
}

/**
 * Writes a tuned method as another library stores it. Tensor operations only, no value is read back.
 * @throws ConfigError where that library has nothing of the kind, naming the setting
 */
export type Layout<Config = unknown> = (tuned: Tuned<Config>) => LayoutFiles;

/** A method package's default export. */
export interface PetlMethod<Config = unknown> {
  readonly specVersion: "v1";
  readonly name: string;
  readonly paper: { readonly title: string; readonly url: string };
  /** Fills in defaults. @throws ConfigError naming the field and the value */
  parse(input: unknown): Config;
  /** Pure: the same arguments give the same attachment. Tensor operations only, no value is read back. */
  attach(backbone: Backbone, config: Config, random: Random): Attachment;
  /** File layouts of other libraries that a tuned method can be written in, by name, such as `peft`. */
  readonly layouts?: Readonly<Record<string, Layout<Config>>>;
}

/** Types a method package's default export without naming its Config twice. */
export function defineMethod<Config>(method: PetlMethod<Config>): PetlMethod<Config> {
  return method;
}
