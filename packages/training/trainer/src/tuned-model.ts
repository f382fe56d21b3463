import {
  asParameter,
  type BackboneModel,
  type Inputs,
  type Intervention,
  type OutputLayer,
  Pass,
  type Recordings,
} from "@petl/backbone";
import {
  type Activation,
  type Attachment,
  backwardDepth,
  gradientStart,
  type Params,
  type PetlMethod,
} from "@petl/spec";
import {
  atPlace,
  linearCrossEntropy,
  meanCrossEntropy,
  meanSquaredError,
  type Random,
  rowsOfLogits,
  setByteCategory,
  type Tensor,
  tf,
} from "@petl/tensor";
import type { Batch } from "./batches.js";
import { checkAttachment } from "./check-attachment.js";

/** How the model is run in training. */
export interface TunedModelOptions {
  /** The backbone's own dropout; 0 by default. */
  readonly dropout?: number;
  /** Keep only the inputs of a differentiated block and recompute the rest in the backward pass; false by default. */
  readonly recompute?: boolean;
  /** Share of a target's probability that the loss spreads over the vocabulary or the classes; 0 by default. */
  readonly labelSmoothing?: number;
}

/** Picks what is read out of a site's output on whole rows: (rows, tokens, channels) -> (rows, positions, channels). */
type ReadOut = (output: Activation) => Activation;

/** Turns the state that enters the site `enters` of the readout into what is read of it. */
type Readout = (state: Activation, pass: Pass, enters?: string) => Tensor;

/** What was recorded of rows. */
export interface RecordedRows {
  readonly recorded: Recordings;
  /** (rows, positions) */
  readonly shape: readonly number[];
  readonly readOut: ReadOut;
}

/** A backbone with a method attached. It knows what is trained and runs a batch through both. */
export class TunedModel {
  /** The tensors that the method added, trained or frozen. */
  readonly params: Params;
  /** Everything trained, by name: `params` but the frozen ones, the backbone's unfrozen tensors and its head. */
  readonly trained: Params;
  /** Those of `params` that are not trained. */
  readonly frozen: Params;
  readonly gradientStart: number;

  private constructor(
    readonly backbone: BackboneModel,
    readonly attachment: Attachment,
    readonly options: Required<TunedModelOptions>,
  ) {
    this.params = Object.fromEntries(
      Object.entries(attachment.params).map(([name, value]) => {
        const parameter = asParameter(value);
        setByteCategory(parameter, "method");
        return [name, parameter];
      }),
    );
    const isFrozen = new Set(attachment.frozen);
    const added = Object.entries(this.params);
    this.frozen = Object.fromEntries(added.filter(([name]) => isFrozen.has(name)));
    this.trained = {
      ...Object.fromEntries(added.filter(([name]) => !isFrozen.has(name))),
      ...Object.fromEntries([...attachment.unfrozen, ...backbone.head].map((name) => [name, backbone.param(name)])),
    };
    this.gradientStart = gradientStart(backbone, attachment);
  }

  /**
   * Attaches a method to a backbone. Training overwrites the unfrozen tensors of the backbone.
   *
   * @throws AttachmentError for a hook or read at an unknown or wrong site, an unknown tensor, or a name used twice
   */
  static attach<Config>(
    backbone: BackboneModel,
    method: PetlMethod<Config>,
    config: Config,
    random: Random,
    { dropout = 0, recompute = false, labelSmoothing = 0 }: TunedModelOptions = {},
  ): TunedModel {
    const attachment = method.attach(backbone, config, random);
    checkAttachment(backbone, method.name, attachment);
    return new TunedModel(backbone, attachment, { dropout, recompute, labelSmoothing });
  }

  /**
   * `share` times the loss of a batch -> scalar: mean cross-entropy in nats a target token or class, or mean squared error of scores.
   * `recorded` is as for `logits`, which are not all made where they would take much memory.
   */
  loss({ inputs, labels }: Batch, random: Random, recorded: Recordings | null = null, share = 1): Tensor {
    const [rows, , positions] = inputs.shape;
    const { labelSmoothing: smoothing } = this.options;
    const layer = this.#unwatchedOutput;
    const rowsAtOnce = layer === null ? 0 : rowsOfLogits(rows * positions, layer.weight);
    if (layer !== null && rowsAtOnce < rows * positions) {
      const { weight } = layer;
      const read = this.#readBy(inputs, true, random, recorded, layer.input); // (batch, positions, channels)
      const hidden = tf.reshape(read, [-1, weight.shape[1]!]);
      const compute = (): Tensor => linearCrossEntropy({ hidden, weight, labels, smoothing, share, rowsAtOnce });
      return atPlace({ site: this.backbone.readoutSites.at(-1)! }, compute);
    }
    const logits = this.logits(inputs, true, random, recorded); // (batch, positions, outputs)
    const mean =
      this.backbone.headTask?.kind === "score"
        ? meanSquaredError(tf.reshape(logits, [-1]), labels)
        : meanCrossEntropy(tf.reshape(logits, [-1, logits.shape[2]!]), labels, smoothing);
    return share === 1 ? mean : tf.mul(mean, share);
  }

  /**
   * Logits at the positions that are read out, the answers known: (batch, positions, outputs).
   * With `recorded`, what the step reads of the backbone, the backbone does not run; the recordings are disposed here.
   */
  logits(inputs: Inputs, training: boolean, random: Random, recorded: Recordings | null = null): Tensor {
    return this.#readBy(inputs, training, random, recorded, this.#logitsOf);
  }

  /** The same logits from recordings of the backbone, which it disposes. */
  recordedLogits(rows: RecordedRows, training: boolean, random: Random): Tensor {
    return this.#recordedBy(rows, training, random, this.#logitsOf);
  }

  #readBy(inputs: Inputs, training: boolean, random: Random, recorded: Recordings | null, read: Readout): Tensor {
    if (recorded !== null) {
      const [rows, , positions] = inputs.shape;
      const readOut: ReadOut = (output) => this.backbone.readOut(output, inputs);
      return this.#recordedBy({ recorded, shape: [rows, positions], readOut }, training, random, read);
    }
    const pass = this.pass(training, random);
    try {
      return tf.tidy(() => this.#readout(this.backbone.forward(inputs, pass), pass, read));
    } finally {
      pass.dispose();
    }
  }

  #recordedBy({ recorded, shape, readOut }: RecordedRows, training: boolean, random: Random, read: Readout): Tensor {
    const pass = this.pass(training, random);
    for (const [name, activation] of recorded) pass.recorded.set(name, activation);
    try {
      return tf.tidy(() => {
        pass.readOutBy(readOut);
        const mask = tf.ones([...shape]);
        const hidden = recorded.get(this.backbone.lastBlock)?.hidden ?? mask; // a side network replaces it unread
        return this.#readout({ hidden, mask }, pass, read);
      });
    } finally {
      pass.dispose();
    }
  }

  /** A way through the model for one batch; the caller disposes it. */
  pass(training: boolean, random: Random): Pass {
    const context = { params: this.params, training, random };
    const { dropout, recompute } = this.options;
    return new Pass(this.backbone, this.intervention, context, dropout, recompute);
  }

  /** What the method does in a pass beside the backbone's own computation. */
  get intervention(): Intervention {
    const { hooks, inputHooks = new Map(), unfrozen, reads = [], side } = this.attachment;
    const at = reads.length > 0 ? "tokens" : (side?.at ?? "tokens"); // hooks read all tokens
    return { hooks, inputHooks, unfrozen, reads: [...reads, ...(side?.reads ?? [])], hookReads: reads, at };
  }

  /** All in which the model differs from its backbone, by name: what is trained, and what was added frozen. */
  get tuned(): Params {
    return { ...this.trained, ...this.frozen };
  }

  /** The side network, if any, then the backbone's readout. */
  readout(state: Activation, pass: Pass): Tensor {
    return this.#readout(state, pass, this.#logitsOf);
  }

  #readout(state: Activation, pass: Pass, read: Readout): Tensor {
    const { side } = this.attachment;
    if (side === undefined) return read(state, pass);
    const readOut: ReadOut = (whole) => pass.readOut(whole);
    const forward = (): Tensor => tf.tidy(() => side.forward(pass.recorded, pass.context, readOut));
    const hidden = atPlace({ site: "side network" }, forward);
    return read({ hidden, mask: state.mask }, pass, side.enters);
  }

  readonly #logitsOf: Readout = (state, pass, enters) => this.backbone.readout(state, pass, enters);

  /** The layer that gives logits over a vocabulary; null where there is none, or the method hooks or reads them. */
  get #unwatchedOutput(): OutputLayer | null {
    const { backbone, intervention } = this;
    const last = backbone.readoutSites.at(-1)!;
    const isWatched = intervention.hooks.has(last) || intervention.reads.includes(last);
    return backbone.headTask !== null || isWatched ? null : (backbone.outputLayer ?? null);
  }

  /** How a trained tensor departs from the suite's optimizer settings; the head, which is the task's, does not. */
  optimizerSettings(param: string) {
    const isOfMethod = this.params[param] !== undefined || this.attachment.unfrozen.includes(param);
    return (isOfMethod && this.attachment.optimizer?.(param, this.params)) || {};
  }

  /** What update `update` (1 for the first) trains, by name: all of `trained`, or what the method says, and the head. */
  trainedIn(update: number): Params {
    const names = this.attachment.trainedIn?.(update);
    if (names === undefined) return this.trained;
    return Object.fromEntries([...names, ...this.backbone.head].map((name) => [name, this.trained[name]!]));
  }

  /**
   * Whether answers are tried after a prefill. Where that has other bits than a whole pass, a backbone that is not differentiated runs
   * whole, so that its recordings may come from the activation cache.
   */
  get prefills(): boolean {
    const { prefillIsExact, sites } = this.backbone;
    return prefillIsExact || this.gradientStart < sites.length;
  }

  /** Frees the method's tensors; the backbone stays. */
  dispose(): void {
    tf.dispose(Object.values(this.params));
  }
}

/** Parameters (those of the head are among the trainable ones) and backward depth of a model, derived from its attachment. */
export function counts(model: TunedModel) {
  const { backbone, params, trained, gradientStart } = model;
  const size = (tensors: Iterable<Tensor>): number => [...tensors].reduce((sum, tensor) => sum + tensor.size, 0);
  return {
    trainableParams: size(Object.values(trained)),
    headParams: size(backbone.head.map((name) => backbone.param(name))),
    totalParams: size(Object.values(backbone.params)) + size(Object.values(params)),
    ...backwardDepth(backbone, gradientStart),
    gradientStart: backbone.sites[gradientStart]?.name ?? null,
    sites: backbone.sites.length,
  };
}
