import { fileURLToPath } from "node:url";
import type { Activation, Params, ReadAt, Site } from "@petl/spec";
import { embedding, gatherRows, linear, type Random, type Tensor, tf, tidy, withByteCategory } from "@petl/tensor";
import { z } from "zod";
import {
  asParameter,
  type BackboneModel,
  defineFamily,
  float32Parameter,
  type HeadTask,
  type Inputs,
  longest,
  maskOf,
  normalValue,
  type Pass,
  type Prefilled,
  padded,
  positionsOf,
  type Row,
  readAxes,
  type SiteAxis,
  seenUpTo,
  tensorOf,
} from "../src/index.js";

/** Geometry of a running-mean model. */
interface RunningMeanConfig {
  readonly vocabularySize: number;
  readonly modelWidth: number;
  readonly layers: number;
  readonly padId: number;
  readonly eosId: number;
}

/** The least that `config.json` must say. */
const fields = z
  .object({
    model_type: z.literal("running-mean"),
    vocab_size: z.number().int().positive().max(1_000_000),
    hidden_size: z.number().int().positive().max(10_000),
    num_hidden_layers: z.number().int().positive().max(100),
    pad_token_id: z.number().int(),
    eos_token_id: z.number().int(),
  })
  .transform(
    (read): RunningMeanConfig => ({
      vocabularySize: read.vocab_size,
      modelWidth: read.hidden_size,
      layers: read.num_hidden_layers,
      padId: read.pad_token_id,
      eosId: read.eos_token_id,
    }),
  );

/** Sites in the order in which they finish; the last one is the readout: the head of a task, or the language model's. */
function sitesOf({ vocabularySize, modelWidth, layers }: RunningMeanConfig, head: HeadTask | null): Site[] {
  const site = (name: string, kind: Site["kind"], layer: number, output: number, params: string[]): Site => ({
    ...{ name, kind, layer, width: [modelWidth, output], params },
  });
  return [
    site("decoder.embedding", "embedding", -1, modelWidth, ["decoder.embedding.weight"]),
    ...Array.from({ length: layers }, (_, layer) => [
      site(`decoder.${layer}.mix`, "linear", layer, modelWidth, [`decoder.${layer}.mix.weight`]),
      site(`decoder.${layer}`, "block", layer, modelWidth, []),
    ]).flat(),
    head === null
      ? site("lmHead", "linear", -1, vocabularySize, ["lmHead.weight"])
      : site("score", "linear", -1, head.outputs, ["score.weight"]),
  ];
}

function shapesOf(config: RunningMeanConfig, head: HeadTask | null = null): Map<string, readonly number[]> {
  const { vocabularySize, modelWidth } = config;
  return new Map(
    sitesOf(config, head).flatMap(({ kind, width: [input, output], params }) =>
      params.map((name) => [name, kind === "embedding" ? [vocabularySize, modelWidth] : [output, input]] as const),
    ),
  );
}

/** `decoder.1.mix.weight` -> `layers.1.mix.weight` */
const publishedName = (name: string): string => name.replace(/^decoder\.(?=\d)/, "layers.").replace(/^decoder\./, "");

/** A decoder whose blocks add to each token a projection of the mean of all up to it: `x_t + W mean(x_1 .. x_t)`. */
class RunningMean implements BackboneModel {
  readonly family = "running-mean";
  readonly kind = "decoder";
  readonly prefillIsExact = true;
  readonly sites: readonly Site[];
  readonly readoutSites: readonly string[];
  readonly head: readonly string[];
  readonly lastBlock: string;
  readonly params: Params;
  readonly publishedNames: ReadonlyMap<string, string>;

  constructor(
    readonly name: string,
    readonly config: RunningMeanConfig,
    /** All tensors, those that a head leaves unused included. */
    readonly weights: Params,
    readonly headTask: HeadTask | null = null,
  ) {
    this.sites = sitesOf(config, headTask);
    this.readoutSites = [this.sites.at(-1)!.name];
    this.head = headTask === null ? [] : ["score.weight"];
    this.lastBlock = `decoder.${config.layers - 1}`;
    const owned = this.sites.flatMap(({ params }) => params);
    this.params = Object.fromEntries(owned.map((param) => [param, weights[param]!]));
    this.publishedNames = new Map(owned.map((param) => [param, publishedName(param)]));
  }

  get padId(): number {
    return this.config.padId;
  }

  get eosId(): number {
    return this.config.eosId;
  }

  param(name: string): Tensor {
    return tensorOf(this, name);
  }

  axes({ name, width }: Site, at: ReadAt): readonly SiteAxis[] {
    return readAxes(width[1], this.readoutSites.includes(name) ? "positions" : at, "sequence");
  }

  /** Source and known answer are one sequence; a row is read out from the last token of its source on. */
  pad(rows: readonly Row[]): Inputs {
    const lists = rows.map(({ source, answer }) => [...source, ...answer]);
    const { ids, tokens } = padded(lists, this.padId);
    const positions = Math.max(...rows.map(positionsOf));
    const readAt = rows.flatMap(({ source, answer }) =>
      Array.from({ length: positions }, (_, position) => source.length - 1 + Math.min(position, answer.length)),
    );
    return withByteCategory("inputs", () => ({
      tensors: {
        ids: tf.tensor(ids, [rows.length, tokens], "int32"),
        mask: tf.tensor(maskOf(lists, tokens), [rows.length, tokens]),
        readAt: tf.tensor(Int32Array.from(readAt), [rows.length, positions], "int32"),
      },
      shape: [rows.length, longest(rows.map(({ source }) => source)), positions],
      paddedTokens: rows.length * tokens,
    }));
  }

  readOut({ hidden }: Activation, { tensors }: Pick<Inputs, "tensors">): Activation {
    const { readAt } = tensors as { readonly readAt: Tensor };
    return { hidden: gatherRows(hidden, readAt), mask: tf.ones(readAt.shape) }; // (rows, positions, channels)
  }

  forward(inputs: Inputs, pass: Pass): Activation {
    const { tensors } = inputs;
    const [ids, mask] = ["ids", "mask"].map((name) => tensors[name]!) as [Tensor, Tensor];
    const select = (output: Activation): Activation => this.readOut(output, inputs);
    pass.readOutBy(select, { tokens: () => seenUpTo(tensors.readAt!, ids.shape[1]!) });
    return tidy(() => {
      let state = pass.at("decoder.embedding", { hidden: ids, mask }, () => ({
        hidden: embedding(this.param("decoder.embedding.weight"), ids),
        mask,
      }));
      for (let layer = 0; layer < this.config.layers; layer++)
        state = pass.block(`decoder.${layer}`, state, {}, (entering) => this.#block(layer, entering, pass));
      return pass.owned(this.lastBlock, () => select(state));
    });
  }

  /** Nothing is kept of the sources but their ids: each answer is read behind them from the start. */
  prefill(inputs: Inputs, _pass: Pass): Prefilled {
    const [rows, width] = inputs.tensors.ids!.shape as [number, number];
    const [ids, mask] = [inputs.tensors.ids!.dataSync(), inputs.tensors.mask!.dataSync()];
    const sources = Array.from({ length: rows }, (_, row) =>
      [...ids.subarray(row * width, (row + 1) * width)].filter((_, token) => mask[row * width + token] === 1),
    );
    return {
      after: (answers, pass) =>
        this.forward(this.pad(sources.map((source, row) => ({ source, answer: answers[row]! }))), pass),
      dispose() {},
    };
  }

  readout(state: Activation, pass: Pass): Tensor {
    const [name] = this.readoutSites as [string];
    const output = pass.at(name, state, () => ({
      hidden: linear(state.hidden, this.param(`${name}.weight`)),
      mask: state.mask,
    }));
    return output.hidden; // (rows, positions, vocabulary or outputs)
  }

  withHead(task: HeadTask, random: Random): BackboneModel {
    const shape = [...shapesOf(this.config, task).get("score.weight")!];
    const weight = withByteCategory("backbone", () => asParameter(random.fork("score").normal(shape, 0, 0.1)));
    return new RunningMean(this.name, this.config, { ...this.weights, "score.weight": weight }, task);
  }

  dispose(): void {
    tf.dispose(Object.values(this.weights));
  }

  #block(layer: number, input: Activation, pass: Pass): Activation {
    const { hidden, mask } = input;
    const channels = tf.transpose(hidden, [0, 2, 1]); // (rows, channels, tokens)
    const mean = { hidden: tf.transpose(linear(channels, upToEach(hidden.shape[1]!)), [0, 2, 1]), mask };
    const mixed = pass.at(`decoder.${layer}.mix`, mean, () => ({
      hidden: linear(mean.hidden, this.param(`decoder.${layer}.mix.weight`)),
      mask,
    }));
    return { hidden: tf.add(hidden, pass.dropout(mixed.hidden, `decoder.${layer}`)), mask };
  }
}

/** (tokens, tokens): row t takes the mean of the tokens up to t. */
function upToEach(tokens: number): Tensor {
  const shares = Float32Array.from({ length: tokens * tokens }, (_, at) => {
    const [token, of] = [Math.floor(at / tokens), at % tokens];
    return of <= token ? 1 / (token + 1) : 0;
  });
  return tf.tensor2d(shares, [tokens, tokens]);
}

const small: RunningMeanConfig = { vocabularySize: 40, modelWidth: 8, layers: 2, padId: 0, eosId: 1 };

export default defineFamily<RunningMeanConfig>({
  specVersion: "v1",
  name: "running-mean",
  modelTypes: ["running-mean"],
  models: "models of the tests",
  scorings: [
    { scoring: "likelihood", format: "lm-eval" },
    { scoring: "head", format: "segments" },
    { scoring: "free", format: "lm-eval" },
  ],
  config: fields,
  configFields: ({ vocabularySize, modelWidth, layers, padId, eosId }) => ({
    model_type: "running-mean",
    ...{ vocab_size: vocabularySize, hidden_size: modelWidth, num_hidden_layers: layers },
    ...{ pad_token_id: padId, eos_token_id: eosId },
  }),
  shapes: shapesOf,
  stored: (config) => ({
    names: new Map([...shapesOf(config).keys()].map((name) => [name, publishedName(name)])),
    ignore: [/^statistics\./],
    tied: [["embedding.copy", "embedding.weight"]],
  }),
  initialise: (config, random, _, keep = float32Parameter) =>
    withByteCategory("backbone", () =>
      Object.fromEntries(
        [...shapesOf(config)].map(([name, shape]) => [
          name,
          keep(name, normalValue(random.fork(name), shape, name.includes("embedding") ? 1 : shape[1]! ** -0.5)),
        ]),
      ),
    ),
  build: (name, config, params) => new RunningMean(name, config, params),
  misfit: ({ vocabularySize, eosId }, tokenizer) => {
    if (tokenizer.vocabularySize > vocabularySize)
      return [`a tokenizer of at most ${vocabularySize} ids`, String(tokenizer.vocabularySize)];
    return eosId === tokenizer.eosId ? null : [`eos_token_id ${tokenizer.eosId}`, String(eosId)];
  },
  geometries: { "mean-tiny": { ...small, vocabularySize: 4096 } },
  published: { "mean-published": "example/running-mean" },
  testConfig: small,
  tokenizerDirectory: fileURLToPath(new URL("../../../families/t5/presets/t5-tiny-random/", import.meta.url)),
});
