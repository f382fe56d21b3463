import {
  BackboneError,
  type BackboneModel,
  type HeadTask,
  type Inputs,
  type OutputLayer,
  type Pass,
  type Prefilled,
  type Row,
  release,
  rmsNormSite,
  type SiteAxis,
  tensorOf,
} from "@petl/backbone";
import type { Activation, Params, Site } from "@petl/spec";
import { embedding, linear, relativeBias, type Tensor, tf, tidy } from "@petl/tensor";
import { attentionSublayer } from "./attention-sublayer.js";
import type { T5Config } from "./config.js";
import { feedForwardSublayer } from "./feed-forward-sublayer.js";
import { huggingFaceNames } from "./hugging-face-names.js";
import type { LayerCache } from "./layer-cache.js";
import { padRows, type T5Tensors } from "./pad.js";
import { prefilledT5 } from "./prefilled.js";
import { lastBlock, relativeBiasName, type Stack, sharedEmbedding, t5Axes, t5Sites } from "./sites.js";
import type { WeightsView } from "./weights-view.js";

const readout: readonly string[] = ["decoder.norm", "lmHead"];

/**
 * T5 v1.0 and v1.1 as an encoder, a decoder and a readout, each of which runs site by site through a `Pass`.
 *
 * Raffel et al. 2020, https://arxiv.org/abs/1910.10683: pre-normalisation without mean or bias, unscaled attention, one
 * relative position bias a stack shared by its layers, none in cross-attention; v1.1 has a gated GELU and an untied head.
 */
export class T5 implements BackboneModel, WeightsView {
  readonly family = "t5";
  readonly kind = "encoder-decoder";
  readonly readoutSites = readout;
  readonly head = [];
  readonly headTask = null;
  readonly prefillIsExact = true;
  readonly lastBlock: string;
  readonly sites: readonly Site[];
  readonly publishedNames: ReadonlyMap<string, string>;

  constructor(
    readonly name: string,
    readonly config: T5Config,
    readonly params: Params,
  ) {
    this.sites = t5Sites(config);
    this.publishedNames = huggingFaceNames(config);
    this.lastBlock = lastBlock(config);
  }

  get padId(): number {
    return this.config.padId;
  }

  get eosId(): number {
    return this.config.eosId;
  }

  axes(site: Site): readonly SiteAxis[] {
    return t5Axes(site);
  }

  pad(rows: readonly Row[]): Inputs {
    return padRows(rows, this.config);
  }

  /** All: the decoder has no other tokens. */
  readOut(output: Activation): Activation {
    return output;
  }

  forward(inputs: Inputs, pass: Pass): Activation {
    const { sources, mask, decoderInputs } = inputs.tensors as Readonly<Record<keyof T5Tensors, Tensor>>;
    const encoded = this.encode(sources, mask, pass);
    const state = this.decode(decoderInputs, encoded, pass);
    encoded.hidden.dispose();
    return state;
  }

  prefill(inputs: Inputs, pass: Pass): Prefilled {
    const { sources, mask } = inputs.tensors as Readonly<Record<keyof T5Tensors, Tensor>>;
    const encoded = tidy(() => this.encode(sources, mask.clone(), pass)); // the inputs may go before it
    const isWatched = (site: string): boolean => site.startsWith("decoder.") && site !== readout[0];
    const { hooks, reads } = pass.intervention;
    return prefilledT5(this, encoded, reads.length > 0 || [...hooks.keys()].some(isWatched));
  }

  withHead(task: HeadTask): BackboneModel {
    throw new BackboneError(
      "E_BACKBONE_HEAD",
      `backbone ${this.name}: expected a family with a head for ${task.kind}, got t5, which answers in text; use --scoring trie`,
    );
  }

  /** `ids` int32 and `mask` float32, both (batch, tokens) -> the encoder's closing state (batch, tokens, channels). */
  encode(ids: Tensor, mask: Tensor, pass: Pass): Activation {
    const embedded = this.#embed("encoder", ids, mask, pass);
    const bias = this.#bias("encoder", embedded.hidden.shape[1]!, embedded.hidden.shape[1]!, pass);
    let state = embedded;
    for (let layer = 0; layer < this.config.encoderLayers; layer++) {
      const input = state;
      state = pass.block(`encoder.${layer}`, input, { bias }, (entering, shared) => {
        const setting = { bias: shared.bias, causal: false, source: null };
        const attended = attentionSublayer(this, `encoder.${layer}.attention`, entering, setting, pass);
        return feedForwardSublayer(this, `encoder.${layer}.feedforward`, attended, pass);
      });
      release(input, state);
    }
    const closed = rmsNormSite(this, "encoder.norm", state, pass);
    release(state, closed);
    return { hidden: pass.dropout(closed.hidden, "encoder.norm"), mask: closed.mask };
  }

  /**
   * `ids` int32 (batch, target tokens), the decoder's input -> the state that enters `decoder.norm`.
   * With `caches` (one a layer), `ids` are the tokens after those already cached, which grow by them.
   */
  decode(ids: Tensor, encoded: Activation, pass: Pass, caches?: readonly LayerCache[]): Activation {
    const [batch, tokens] = ids.shape as [number, number];
    const embedded = this.#embed("decoder", ids, tf.ones([batch, tokens]), pass);
    const queries = embedded.hidden.shape[1]!;
    const bias = this.#bias("decoder", queries, queries + (caches?.[0]?.self.tokens?.key.shape[1] ?? 0), pass);
    const shared = { bias, encoded: encoded.hidden, encodedMask: encoded.mask };
    let state = embedded;
    for (let layer = 0; layer < this.config.decoderLayers; layer++) {
      const input = state;
      const { self, cross } = caches?.[layer] ?? {};
      state = pass.block(`decoder.${layer}`, input, shared, (entering, { bias, encoded, encodedMask }) => {
        const name = `decoder.${layer}`;
        const attend = { bias, causal: true, source: null, cache: self };
        const own = attentionSublayer(this, `${name}.attention`, entering, attend, pass);
        const source = { hidden: encoded, mask: encodedMask };
        const crossAttend = { bias: null, causal: false, source, cache: cross };
        const crossed = attentionSublayer(this, `${name}.crossAttention`, own, crossAttend, pass);
        return feedForwardSublayer(this, `${name}.feedforward`, crossed, pass);
      });
      release(input, state);
    }
    return state;
  }

  /** Closing norm and LM head: (batch, target tokens, channels) -> logits (batch, target tokens, vocabulary). */
  readout(state: Activation, pass: Pass, enters = readout[0]!): Tensor {
    return pass.at("lmHead", this.#closed(state, pass, enters), ({ hidden, mask }) => ({
      hidden: linear(this.#scaled(hidden), this.outputLayer.weight),
      mask,
    })).hidden;
  }

  get outputLayer(): OutputLayer {
    return {
      weight: this.param(this.config.tiedHead ? sharedEmbedding : "lmHead.weight"),
      input: (state, pass, enters = readout[0]!) => {
        const { hidden } = this.#closed(state, pass, enters);
        return pass.owned("lmHead", () => this.#scaled(hidden));
      },
    };
  }

  param(name: string): Tensor {
    return tensorOf(this, name);
  }

  /** Frees every weight. */
  dispose(): void {
    tf.dispose(Object.values(this.params));
  }

  #closed(state: Activation, pass: Pass, enters: string): Activation {
    const { hidden, mask } = enters === readout[1] ? state : rmsNormSite(this, "decoder.norm", state, pass);
    return { hidden: pass.dropout(hidden, "decoder.norm"), mask };
  }

  /** A head that is the table of tokens reads a smaller state. */
  #scaled(hidden: Tensor): Tensor {
    const { tiedHead, modelWidth } = this.config;
    return tiedHead ? tf.mul(hidden, modelWidth ** -0.5) : hidden;
  }

  #embed(stack: Stack, ids: Tensor, mask: Tensor, pass: Pass): Activation {
    const name = `${stack}.embedding`;
    const input = { hidden: ids, mask };
    const { hidden, mask: kept } = pass.at(name, input, () => ({
      hidden: embedding(this.param(sharedEmbedding), ids),
      mask,
    }));
    return { hidden: pass.dropout(hidden, name), mask: kept };
  }

  #bias(stack: Stack, queries: number, keys: number, pass: Pass): Tensor {
    return pass.owned(`${stack}.0.attention.weights`, () =>
      relativeBias(this.param(relativeBiasName(stack)), {
        queries,
        keys,
        maxDistance: this.config.relativeMaxDistance,
        isBidirectional: stack === "encoder",
      }),
    );
  }
}
