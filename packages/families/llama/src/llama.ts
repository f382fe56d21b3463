import {
  asParameter,
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
  seenUpTo,
  tensorOf,
} from "@petl/backbone";
import type { Activation, NarrowBlocks, Params, ReadAt, Site } from "@petl/spec";
import { embedding, linear, type Random, rotaryTable, type Tensor, tf, tidy, withByteCategory } from "@petl/tensor";
import type { AttentionSetting } from "./attention-sublayer.js";
import type { LlamaConfig } from "./config.js";
import { decoderLayer } from "./decoder-layer.js";
import { huggingFaceName } from "./hugging-face-names.js";
import { narrowBlocks } from "./narrow.js";
import { type LlamaTensors, padRows } from "./pad.js";
import { prefilledLlama } from "./prefilled.js";
import type { LaterTokens, Reader, WholeTokens } from "./reader.js";
import { inverseFrequencies } from "./rope.js";
import {
  closingNorm,
  lastBlockOf,
  llamaAxes,
  llamaShapes,
  llamaSites,
  lmHead,
  readoutOf,
  scoreHead,
  tokenTable,
} from "./sites.js";
import type { ModelView } from "./sublayer.js";
import { ascending, lastTokens, moved, seenAmong, tokensAt } from "./tokens.js";

/**
 * Llama and models built like it (Mistral, Qwen2, Qwen3): a decoder and a readout that run site by site through a `Pass`.
 *
 * Touvron et al. 2023, https://arxiv.org/abs/2307.09288, as transformers 5.24 computes it: pre-normalisation without mean or bias, causal
 * attention with rotary positions whose keys and values may serve several heads, a gated SiLU, a closing norm. Of each row, only the
 * positions from the last token of its source on enter the readout.
 */
export class Llama implements BackboneModel, ModelView, Reader {
  readonly family = "llama";
  readonly kind = "decoder";
  /** Cached keys stand at other places than in a whole row, so that sums are rounded otherwise. */
  readonly prefillIsExact = false;
  readonly params: Params;
  readonly sites: readonly Site[];
  readonly readoutSites: readonly string[];
  readonly head: readonly string[];
  readonly lastBlock: string;
  readonly publishedNames: ReadonlyMap<string, string>;
  readonly frequencies: readonly number[];

  constructor(
    readonly name: string,
    readonly config: LlamaConfig,
    /** Every tensor of the checkpoint, and of the task's head where there is one; an LM head may be lacking. */
    readonly weights: Params,
    readonly headTask: HeadTask | null = null,
  ) {
    this.sites = llamaSites(config, headTask);
    this.readoutSites = readoutOf(headTask);
    this.head = headTask === null ? [] : [`${scoreHead}.weight`];
    this.lastBlock = lastBlockOf(config);
    this.frequencies = inverseFrequencies(config.rope, config.headWidth);
    const owned = this.sites.flatMap(({ params }) => params);
    const present = owned.filter((param) => weights[param] !== undefined); // all but an LM head that the checkpoint lacks
    this.params = Object.fromEntries(present.map((param) => [param, weights[param]!]));
    this.publishedNames = new Map(owned.map((param) => [param, huggingFaceName(param)]));
  }

  get padId(): number {
    return this.config.padId;
  }

  get eosId(): number {
    return this.config.eosId;
  }

  axes(site: Site, at: ReadAt): readonly SiteAxis[] {
    return llamaAxes(site, at);
  }

  pad(rows: readonly Row[]): Inputs {
    return padRows(rows, this.config);
  }

  readOut(output: Activation, { tensors }: Pick<Inputs, "tensors">): Activation {
    const { ids, readAt, readMask } = tensors as Readonly<Record<keyof LlamaTensors, Tensor>>;
    return tokensAt(output, readAt, readMask, ids.shape[1]!);
  }

  narrow(reduction: number): NarrowBlocks {
    return narrowBlocks(this, reduction);
  }

  forward(inputs: Inputs, pass: Pass): Activation {
    return this.readWhole(inputs.tensors as Readonly<Record<keyof LlamaTensors, Tensor>>, pass);
  }

  prefill(inputs: Inputs, pass: Pass): Prefilled {
    return prefilledLlama(this, inputs, pass);
  }

  /** The head that transformers gives it has no bias to begin with. */
  withHead(task: HeadTask, random: Random): Llama {
    const name = `${scoreHead}.weight`;
    const shape = llamaShapes(this.config, task).get(name)!;
    const drawn = (): Tensor => asParameter(random.fork(name).normal(shape, 0, this.config.initialDeviation));
    return new Llama(this.name, this.config, { ...this.weights, [name]: withByteCategory("backbone", drawn) }, task);
  }

  readWhole({ ids, mask, readAt, readMask, caches, sums }: WholeTokens, pass: Pass): Activation {
    const [rows, tokens] = ids.shape as [number, number];
    const select = (output: Activation): Activation => tokensAt(output, readAt, readMask, tokens);
    const seen = ({ hidden }: Activation): Tensor => {
      const all = hidden.shape[1]!;
      return seenUpTo(moved(readAt, all - tokens), all);
    };
    pass.readOutBy(select, { tokens: seen, ...(sums && { kept: sums }) });
    return tidy(() => {
      const embedded = this.#embed(ids, mask, pass);
      const all = embedded.hidden.shape[1]!; // with what a hook put before them
      const rotation = { positions: ascending(rows, all), table: rotaryTable(all, this.frequencies) };
      const cached = (layer: number) => ({ earlier: null, cache: caches?.[layer] ?? null });
      const state = this.#blocks(embedded, rotation, pass, cached);
      return pass.owned(this.lastBlock, () => select(state));
    });
  }

  readLater({ ids, mask, positions, positionsBelow, caches, sums, isKept }: LaterTokens, pass: Pass): Activation {
    const [rows, tokens] = ids.shape as [number, number];
    const seen = { tokens: (output: Activation) => seenAmong(output, rows, tokens), earlier: sums };
    pass.readOutBy((output) => lastTokens(output, tokens), isKept ? { ...seen, kept: sums } : seen);
    return tidy(() => {
      const embedded = this.#embed(ids, mask, pass);
      const prompt = embedded.hidden.shape[1]! - tokens;
      const table = rotaryTable(positionsBelow + prompt, this.frequencies);
      const rotation = { positions: moved(positions, prompt), table };
      return this.#blocks(lastTokens(embedded, tokens), rotation, pass, (layer) => {
        const cache = caches[layer]!;
        return { earlier: cache.tokens, cache: isKept ? cache : null };
      });
    });
  }

  /**
   * Closing norm and LM head, or the task's head: (batch, positions, channels) -> logits (batch, positions, outputs).
   * @throws BackboneError E_BACKBONE_HEAD where the checkpoint has no LM head and no task has given one of its own
   */
  readout(state: Activation, pass: Pass, enters: string = closingNorm): Tensor {
    const { weight } = this.outputLayer;
    return pass.at(this.readoutSites[1]!, this.#closed(state, pass, enters), ({ hidden, mask }) => ({
      hidden: linear(hidden, weight),
      mask,
    })).hidden;
  }

  /** @throws BackboneError as `readout` does */
  get outputLayer(): OutputLayer {
    const last = this.readoutSites[1]!;
    const isTied = last === lmHead && this.config.tiedHead;
    if (last === lmHead && !isTied && this.params[`${lmHead}.weight`] === undefined) {
      throw new BackboneError(
        "E_BACKBONE_HEAD",
        `backbone ${this.name}: expected lm_head.weight to write text with, got a checkpoint without it; give it a task's head with withHead`,
      );
    }
    return {
      weight: this.param(isTied ? tokenTable : `${last}.weight`),
      input: (state, pass, enters = closingNorm) => this.#closed(state, pass, enters).hidden,
    };
  }

  param(name: string): Tensor {
    return tensorOf(this, name);
  }

  /** Frees every weight, those that a head leaves unused included. */
  dispose(): void {
    tf.dispose(Object.values(this.weights));
  }

  #closed(state: Activation, pass: Pass, enters: string): Activation {
    return enters === this.readoutSites[1] ? state : rmsNormSite(this, closingNorm, state, pass);
  }

  #embed(ids: Tensor, mask: Tensor, pass: Pass): Activation {
    return pass.at("decoder.embedding", { hidden: ids, mask }, () => ({
      hidden: embedding(this.param(tokenTable), ids),
      mask,
    }));
  }

  #blocks(
    embedded: Activation,
    rotation: { readonly positions: Tensor; readonly table: Tensor },
    pass: Pass,
    cached: (layer: number) => Pick<AttentionSetting, "earlier" | "cache">,
  ): Activation {
    let state = embedded;
    for (let layer = 0; layer < this.config.layers; layer++) {
      const name = `decoder.${layer}`;
      const input = state;
      state = pass.block(name, input, rotation, (entering, { positions, table }) => {
        const setting = { rotation: { positions, table }, ...cached(layer) };
        return decoderLayer(this, name, entering, setting, pass);
      });
      release(input, state);
    }
    return state;
  }
}
