import {
  BackboneError,
  type BackboneModel,
  type HeadTask,
  type Inputs,
  linearSite,
  type Pass,
  type Prefilled,
  type Row,
  release,
  type SiteAxis,
  tensorOf,
} from "@petl/backbone";
import type { Activation, NarrowBlocks, Params, ReadAt, Site } from "@petl/spec";
import { type Random, relu, type Tensor, tf, tidy } from "@petl/tensor";
import { architectures } from "./architectures.js";
import type { BertConfig } from "./config.js";
import { embed } from "./embed.js";
import { encoderLayer } from "./encoder-layer.js";
import { huggingFaceNames } from "./hugging-face-names.js";
import { draw } from "./initialise.js";
import { narrowBlocks } from "./narrow.js";
import { type BertTensors, padRows } from "./pad.js";
import { bertAxes, bertSites, classifier, headShapes, lastBlock, pooler, readoutSites } from "./sites.js";
import type { WeightsView } from "./weights-view.js";

/** A task's head: what it answers, and the names of the tensors that were drawn for it. */
interface Head {
  readonly task: HeadTask;
  readonly drawn: readonly string[];
}

/**
 * BERT, RoBERTa and DistilBERT as an encoder and a head on the state of its first token, `[CLS]` or `<s>`.
 *
 * Post-normalisation, absolute positions and biases everywhere. Devlin et al. 2019, https://arxiv.org/abs/1810.04805
 */
export class Bert implements BackboneModel, WeightsView {
  readonly family = "bert";
  readonly kind = "encoder";
  /** No token ends an answer: an encoder writes none. */
  readonly eosId = -1;
  readonly prefillIsExact = true;
  readonly headTask: HeadTask | null;
  readonly head: readonly string[];
  readonly lastBlock: string;
  readonly sites: readonly Site[];
  readonly readoutSites: readonly string[];
  readonly publishedNames: ReadonlyMap<string, string>;

  constructor(
    readonly name: string,
    readonly config: BertConfig,
    readonly params: Params,
    head: Head | null = null,
  ) {
    this.headTask = head?.task ?? null;
    this.head = head?.drawn ?? [];
    const readout = readoutSites(config, `${pooler}.weight` in params, this.headTask);
    this.readoutSites = readout.map((site) => site.name);
    this.sites = bertSites(config, readout);
    this.lastBlock = lastBlock(config);
    this.publishedNames = huggingFaceNames(config.architecture, Object.keys(params));
  }

  get padId(): number {
    return this.config.padId;
  }

  axes(site: Site, at: ReadAt): readonly SiteAxis[] {
    return bertAxes(site, at);
  }

  pad(rows: readonly Row[]): Inputs {
    return padRows(rows, this.config);
  }

  readOut(output: Activation, { shape: [, tokens] }: Pick<Inputs, "shape">): Activation {
    return firstToken(output, tokens);
  }

  narrow(reduction: number): NarrowBlocks {
    return narrowBlocks(this, reduction);
  }

  /** -> the last state of each row's first token: (rows, 1, channels). */
  forward(inputs: Inputs, pass: Pass): Activation {
    const tensors = inputs.tensors as unknown as BertTensors;
    const first = (output: Activation): Activation => this.readOut(output, inputs);
    pass.readOutBy(first, { tokens: ({ mask }) => tf.expandDims(mask, 1) });
    let state = embed(this, tensors, pass);
    for (let layer = 0; layer < this.config.layers; layer++) {
      const input = state;
      state = pass.block(`encoder.${layer}`, input, {}, (entering) =>
        encoderLayer(this, `encoder.${layer}`, entering, pass),
      );
      release(input, state);
    }
    const read = pass.owned(this.lastBlock, () => first(state));
    release(state, read);
    return read;
  }

  prefill(inputs: Inputs, pass: Pass): Prefilled {
    const read = tidy(() => this.forward(inputs, pass));
    return {
      after: () => ({ hidden: read.hidden.clone(), mask: read.mask.clone() }),
      dispose: () => tf.dispose([read.hidden, read.mask]),
    };
  }

  /**
   * The head: pooler, its nonlinearity, classifier, with dropout where transformers has it -> (rows, 1, outputs).
   * @throws BackboneError E_BACKBONE_HEAD where there is none
   */
  readout(state: Activation, pass: Pass, enters = pooler): Tensor {
    if (this.headTask === null) {
      throw new BackboneError(
        "E_BACKBONE_HEAD",
        `backbone ${this.name}: expected a task's head to answer with, got a bare encoder; give it one with withHead`,
      );
    }
    const pooled = enters === classifier ? state : this.#pool(state, pass);
    const input = { hidden: pass.dropout(pooled.hidden, pooler), mask: pooled.mask };
    return linearSite(this, classifier, input, true, pass).hidden;
  }

  withHead(task: HeadTask, random: Random, start?: readonly number[]): Bert {
    const own = Object.fromEntries(Object.entries(this.params).filter(([name]) => !this.head.includes(name)));
    const missing = [...headShapes(this.config, task)].filter(([name]) => own[name] === undefined);
    const drawn = draw(missing, this.config, random, start && new Map([[`${classifier}.bias`, start]]));
    return new Bert(this.name, this.config, { ...own, ...drawn }, { task, drawn: Object.keys(drawn) });
  }

  param(name: string): Tensor {
    return tensorOf(this, name);
  }

  /** Frees every tensor, those shared with other heads included. */
  dispose(): void {
    tf.dispose(Object.values(this.params));
  }

  #pool(state: Activation, pass: Pass): Activation {
    const { dropsState, activation } = architectures[this.config.architecture].head;
    const input = dropsState ? { hidden: pass.dropout(state.hidden, this.lastBlock), mask: state.mask } : state;
    const { hidden, mask } = linearSite(this, pooler, input, true, pass);
    return { hidden: pass.owned(pooler, () => (activation === "tanh" ? tf.tanh(hidden) : relu(hidden))), mask };
  }
}

/**
 * What is read of a site's output: that of the first of its `tokens` real tokens, behind vectors that a hook put before them.
 * (rows, tokens, channels) -> (rows, 1, channels); attention weights (rows, heads, queries, keys) -> (rows, heads, 1, keys).
 */
function firstToken({ hidden, mask }: Activation, tokens: number): Activation {
  const axis = hidden.rank - 2;
  const begin = hidden.shape.map((length, index) => (index === axis ? length - tokens : 0));
  const size = hidden.shape.map((_, index) => (index === axis ? 1 : -1));
  const first = tf.slice(hidden, begin, size);
  return { hidden: first, mask: hidden.rank === 4 ? mask : tf.slice(mask, [0, begin[1]!], [-1, 1]) };
}
