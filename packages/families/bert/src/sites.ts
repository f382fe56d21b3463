import { type HeadTask, readAxes, type SiteAxis, site } from "@petl/backbone";
import type { ReadAt, Site } from "@petl/spec";
import { architectures } from "./architectures.js";
import type { BertConfig } from "./config.js";

export const wordEmbedding = "encoder.embedding";
export const pooler = "pooler";
export const classifier = "classifier";

/** Name of the site whose output enters the readout. */
export const lastBlock = ({ layers }: Pick<BertConfig, "layers">): string => `encoder.${layers - 1}`;

/**
 * Every site, in the order in which they finish.
 *
 * `encoder.embedding`, `encoder.embedding.{tokenType,position,norm}`; per layer `encoder.N.attention.{query,key,value,weights,output}`,
 * `encoder.N.attention`, `encoder.N.attention.norm`, `encoder.N.feedforward.{input,activation,output}`, `encoder.N.feedforward`,
 * `encoder.N.feedforward.norm`, `encoder.N`; then those of `readout`.
 */
export function bertSites(config: BertConfig, readout: readonly Site[]): readonly Site[] {
  const layers = Array.from({ length: config.layers }, (_, layer) => layerSites(layer, config));
  return [...embeddingSites(config), ...layers.flat(), ...readout];
}

/** The sites of a head, or of what the encoder has of one: a pooler where `hasPooler`, a classifier where there is a task. */
export function readoutSites(
  { modelWidth }: Pick<BertConfig, "modelWidth">,
  hasPooler: boolean,
  task: HeadTask | null,
): readonly Site[] {
  return [
    ...(hasPooler ? [linear(pooler, -1, modelWidth, modelWidth)] : []),
    ...(task === null ? [] : [linear(classifier, -1, modelWidth, task.outputs)]),
  ];
}

const linear = (name: string, layer: number, input: number, output: number): Site =>
  site(name, "linear", layer, [input, output], [`${name}.weight`, `${name}.bias`]);

const norm = (name: string, layer: number, { modelWidth }: BertConfig): Site =>
  site(name, "norm", layer, [modelWidth, modelWidth], [`${name}.weight`, `${name}.bias`]);

function embeddingSites(config: BertConfig): Site[] {
  const table = (name: string): Site =>
    site(name, "embedding", -1, [config.modelWidth, config.modelWidth], [`${name}.weight`]);
  return [
    table(wordEmbedding),
    ...(config.tokenTypes > 0 ? [table(`${wordEmbedding}.tokenType`)] : []),
    table(`${wordEmbedding}.position`),
    norm(`${wordEmbedding}.norm`, -1, config),
  ];
}

function layerSites(layer: number, config: BertConfig): Site[] {
  const { modelWidth, heads, feedForwardWidth } = config;
  const [block, attention, feedforward] = ["", ".attention", ".feedforward"].map(
    (part) => `encoder.${layer}${part}`,
  ) as [string, string, string];
  return [
    ...["query", "key", "value"].map((part) => linear(`${attention}.${part}`, layer, modelWidth, modelWidth)),
    site(`${attention}.weights`, "attention-weights", layer, [heads, heads]),
    linear(`${attention}.output`, layer, modelWidth, modelWidth),
    site(attention, "attention", layer, [modelWidth, modelWidth]),
    norm(`${attention}.norm`, layer, config),
    linear(`${feedforward}.input`, layer, modelWidth, feedForwardWidth),
    site(`${feedforward}.activation`, "activation", layer, [feedForwardWidth, feedForwardWidth]),
    linear(`${feedforward}.output`, layer, feedForwardWidth, modelWidth),
    site(feedforward, "feedforward", layer, [modelWidth, modelWidth]),
    norm(`${feedforward}.norm`, layer, config),
    site(block, "block", layer, [modelWidth, modelWidth]),
  ];
}

/** Shape of every tensor of a pre-trained encoder, by our name: linear weights are (output, input). */
export function encoderShapes(config: BertConfig): ReadonlyMap<string, readonly number[]> {
  const { isPretrained } = architectures[config.architecture].head;
  return shapesOf(bertSites(config, readoutSites(config, isPretrained, null)), config);
}

/** The same of a task's head, a pooler among them. */
export function headShapes(config: BertConfig, task: HeadTask): ReadonlyMap<string, readonly number[]> {
  return shapesOf(readoutSites(config, true, task), config);
}

function shapesOf(sites: readonly Site[], config: BertConfig): ReadonlyMap<string, readonly number[]> {
  const rows: Readonly<Record<string, number>> = {
    [wordEmbedding]: config.vocabularySize,
    [`${wordEmbedding}.tokenType`]: config.tokenTypes,
    [`${wordEmbedding}.position`]: config.positions,
  };
  const shapes = new Map<string, readonly number[]>();
  for (const { name, kind, width, params } of sites) {
    for (const param of params) {
      if (kind === "embedding") shapes.set(param, [rows[name]!, width[1]]);
      else if (kind === "norm" || param.endsWith(".bias")) shapes.set(param, [width[1]]);
      else shapes.set(param, [width[1], width[0]]);
    }
  }
  return shapes;
}

/**
 * The dimensions of a site's output after the batch, in order: (tokens, channels), at an `attention-weights` site (heads, queries,
 * keys). Of the tokens, or queries, only the first is left where not all are asked for, and always in the readout.
 */
export function bertAxes({ name, kind, width }: Site, at: ReadAt): readonly SiteAxis[] {
  if (kind === "attention-weights") return [width[1], at === "tokens" ? "source" : "positions", "source"];
  return readAxes(width[1], name === pooler || name === classifier ? "positions" : at, "source");
}
