import { asParameter, lastBlock, type PaddedRows, Pass, type Recordings, type T5 } from "@petl/backbone";
import {
  type Activation,
  type Attachment,
  AttachmentError,
  backwardDepth,
  gradientStart,
  type Params,
  type PetlMethod,
} from "@petl/spec";
import { atPlace, meanCrossEntropy, type Random, setByteCategory, type Tensor, tf } from "@petl/tensor";
import type { Batch } from "./batches.js";

/** How the model is run in training. */
export interface TunedModelOptions {
  /** The backbone's own dropout; 0 by default. */
  readonly dropout?: number;
  /** Keep only the inputs of a differentiated block and recompute the rest in the backward pass; false by default. */
  readonly recompute?: boolean;
  /** Share of a target token's probability that the loss spreads over the vocabulary; 0 by default. */
  readonly labelSmoothing?: number;
}

/** A backbone with a method attached. It knows what is trained and runs a batch through both. */
export class TunedModel {
  /** The tensors that the method added. */
  readonly params: Params;
  /** Everything trained, by name: `params` and the backbone's unfrozen tensors. */
  readonly trained: Params;
  readonly gradientStart: number;

  private constructor(
    readonly backbone: T5,
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
    this.trained = {
      ...this.params,
      ...Object.fromEntries(attachment.unfrozen.map((name) => [name, backbone.param(name)])),
    };
    this.gradientStart = gradientStart(backbone, attachment);
  }

  /**
   * Attaches a method to a backbone. Training overwrites the unfrozen tensors of the backbone.
   *
   * @throws AttachmentError for a hook or read at an unknown site, an unknown tensor, or a name used twice
   */
  static attach<Config>(
    backbone: T5,
    method: PetlMethod<Config>,
    config: Config,
    random: Random,
    { dropout = 0, recompute = false, labelSmoothing = 0 }: TunedModelOptions = {},
  ): TunedModel {
    const attachment = method.attach(backbone, config, random);
    check(backbone, method.name, attachment);
    return new TunedModel(backbone, attachment, { dropout, recompute, labelSmoothing });
  }

  /** Mean cross-entropy of a batch's targets, in nats a token -> scalar. `recorded` is as for `logits`. */
  loss(batch: Batch, random: Random, recorded: Recordings | null = null): Tensor {
    const logits = this.logits(batch, true, random, recorded); // (batch, targets, vocabulary)
    const { labelSmoothing } = this.options;
    return meanCrossEntropy(tf.reshape(logits, [-1, logits.shape[2]!]), batch.labels, labelSmoothing);
  }

  /**
   * Logits of teacher-forced targets: (batch, target tokens, vocabulary).
   * With `recorded`, what the step reads of the backbone, the backbone does not run; the recordings are disposed here.
   */
  logits(batch: PaddedRows, training: boolean, random: Random, recorded: Recordings | null = null): Tensor {
    if (recorded !== null) return this.recordedLogits(recorded, batch.decoderInputs.shape, training, random);
    const pass = this.pass(training, random);
    try {
      return tf.tidy(() => {
        const encoded = this.backbone.encode(batch.sources, batch.mask, pass);
        const state = this.backbone.decode(batch.decoderInputs, encoded, pass);
        encoded.hidden.dispose();
        return this.readout(state, pass);
      });
    } finally {
      pass.dispose();
    }
  }

  /** The same logits from recordings of the backbone, which it disposes; `shape` is (batch, target tokens). */
  recordedLogits(recorded: Recordings, shape: readonly number[], training: boolean, random: Random): Tensor {
    const pass = this.pass(training, random);
    for (const [name, activation] of recorded) pass.recorded.set(name, activation);
    try {
      return tf.tidy(() => {
        const mask = tf.ones([...shape]);
        const hidden = recorded.get(lastBlock(this.backbone.config))?.hidden ?? mask; // a side network replaces it unread
        return this.readout({ hidden, mask }, pass);
      });
    } finally {
      pass.dispose();
    }
  }

  /** A way through the model for one batch; the caller disposes it. */
  pass(training: boolean, random: Random): Pass {
    const context = { params: this.params, training, random };
    const { dropout, recompute } = this.options;
    const { hooks, unfrozen, side } = this.attachment;
    const intervention = { hooks, unfrozen, reads: side?.reads ?? [] };
    return new Pass(this.backbone.sites, intervention, context, dropout, recompute);
  }

  /** The side network, if any, then the backbone's readout. */
  readout(state: Activation, pass: Pass): Tensor {
    const { side } = this.attachment;
    if (side === undefined) return this.backbone.readout(state, pass);
    const hidden = atPlace({ site: "side network" }, () => tf.tidy(() => side.forward(pass.recorded, pass.context)));
    return this.backbone.readout({ hidden, mask: state.mask }, pass, side.enters);
  }

  /** Whether anything watches the decoder, so that its keys and values cannot be cached. */
  get watchesDecoder(): boolean {
    const { hooks, side } = this.attachment;
    return (
      side !== undefined || [...hooks.keys()].some((name) => name.startsWith("decoder.") && name !== "decoder.norm")
    );
  }

  /** Frees the method's tensors; the backbone stays. */
  dispose(): void {
    tf.dispose(Object.values(this.params));
  }
}

/** Parameters and backward depth of a model, derived from its attachment. */
export function counts(model: TunedModel) {
  const { backbone, params, trained, gradientStart } = model;
  const size = (tensors: Iterable<Tensor>): number => [...tensors].reduce((sum, tensor) => sum + tensor.size, 0);
  return {
    trainableParams: size(Object.values(trained)),
    totalParams: size(Object.values(backbone.params)) + size(Object.values(params)),
    ...backwardDepth(backbone, gradientStart),
    gradientStart: backbone.sites[gradientStart]?.name ?? null,
    sites: backbone.sites.length,
  };
}

function check(backbone: T5, method: string, { params, unfrozen, hooks, side }: Attachment): void {
  const sites = new Set(backbone.sites.map(({ name }) => name));
  for (const [what, names] of [
    ["hooks", [...hooks.keys()]],
    ["reads", side?.reads ?? []],
  ] as const) {
    const unknown = names.find((name) => !sites.has(name));
    if (unknown !== undefined)
      throw new AttachmentError(`${method}: ${what} ${unknown}, which is no site of ${backbone.name}`);
  }
  const missing = unfrozen.find((name) => backbone.params[name] === undefined);
  if (missing !== undefined)
    throw new AttachmentError(`${method}: unfreezes ${missing}, which is no tensor of ${backbone.name}`);
  const clash = Object.keys(params).find((name) => backbone.params[name] !== undefined);
  if (clash !== undefined) throw new AttachmentError(`${method}: adds ${clash}, a name ${backbone.name} already uses`);
}
