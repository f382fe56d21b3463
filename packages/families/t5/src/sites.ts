import { type SiteAxis, site } from "@petl/backbone";
import type { Site } from "@petl/spec";
import type { T5Config } from "./config.js";

/**
 * Every site of a T5, in the order in which they finish.
 *
 * `encoder.embedding`; per encoder layer `encoder.N.attention.{norm,query,key,value,weights,output}`, `encoder.N.attention`,
 * `encoder.N.feedforward.{norm,gate (v1.1),input,activation,output}`, `encoder.N.feedforward`, `encoder.N`; `encoder.norm`;
 * the same for the decoder with `decoder.N.crossAttention` between the two; `decoder.norm`; `lmHead`.
 */
export function t5Sites(config: T5Config): readonly Site[] {
  return [...stackSites("encoder", config), ...stackSites("decoder", config), lmHead(config)];
}

/** Name of the site whose output enters the readout. */
export function lastBlock({ decoderLayers }: Pick<T5Config, "decoderLayers">): string {
  return `decoder.${decoderLayers - 1}`;
}

export const sharedEmbedding = "shared.weight";
export const relativeBiasName = (stack: Stack): string => `${stack}.relativeBias.weight`;
export type Stack = "encoder" | "decoder";

function stackSites(stack: Stack, config: T5Config): Site[] {
  const width = config.modelWidth;
  const layers = stack === "encoder" ? config.encoderLayers : config.decoderLayers;
  const owned = stack === "encoder" ? [sharedEmbedding] : [];
  return [
    site(`${stack}.embedding`, "embedding", -1, [width, width], owned),
    ...Array.from({ length: layers }, (_, layer) => [
      ...attentionSites(`${stack}.${layer}.attention`, layer, config, layer === 0 ? [relativeBiasName(stack)] : []),
      ...(stack === "decoder" ? attentionSites(`${stack}.${layer}.crossAttention`, layer, config, []) : []),
      ...feedForwardSites(`${stack}.${layer}.feedforward`, layer, config),
      site(`${stack}.${layer}`, "block", layer, [width, width]),
    ]).flat(),
    norm(`${stack}.norm`, -1, config),
  ];
}

const norm = (name: string, layer: number, { modelWidth }: T5Config): Site =>
  site(name, "norm", layer, [modelWidth, modelWidth], [`${name}.weight`]);

const linear = (name: string, layer: number, input: number, output: number): Site =>
  site(name, "linear", layer, [input, output], [`${name}.weight`]);

function attentionSites(name: string, layer: number, config: T5Config, biasParams: string[]): Site[] {
  const { modelWidth, heads, headWidth } = config;
  const inner = heads * headWidth;
  return [
    norm(`${name}.norm`, layer, config),
    linear(`${name}.query`, layer, modelWidth, inner),
    linear(`${name}.key`, layer, modelWidth, inner),
    linear(`${name}.value`, layer, modelWidth, inner),
    site(`${name}.weights`, "attention-weights", layer, [heads, heads], biasParams),
    linear(`${name}.output`, layer, inner, modelWidth),
    site(name, "attention", layer, [modelWidth, modelWidth]),
  ];
}

function feedForwardSites(name: string, layer: number, config: T5Config): Site[] {
  const { modelWidth, feedForwardWidth } = config;
  const gate = config.activation === "gated-gelu" ? [linear(`${name}.gate`, layer, modelWidth, feedForwardWidth)] : [];
  return [
    norm(`${name}.norm`, layer, config),
    ...gate,
    linear(`${name}.input`, layer, modelWidth, feedForwardWidth),
    site(`${name}.activation`, "activation", layer, [feedForwardWidth, feedForwardWidth]),
    linear(`${name}.output`, layer, feedForwardWidth, modelWidth),
    site(name, "feedforward", layer, [modelWidth, modelWidth]),
  ];
}

function lmHead({ modelWidth, vocabularySize, tiedHead }: T5Config): Site {
  return site("lmHead", "linear", -1, [modelWidth, vocabularySize], tiedHead ? [] : ["lmHead.weight"]);
}

/** Shape of every tensor of a T5, by our name: linear weights are (output, input). */
export function t5Shapes(config: T5Config): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { kind, width, params } of t5Sites(config)) {
    for (const param of params) {
      if (kind === "embedding") shapes.set(param, [config.vocabularySize, config.modelWidth]);
      else if (kind === "attention-weights") shapes.set(param, [config.relativeBuckets, config.heads]);
      else if (kind === "norm") shapes.set(param, [width[1]]);
      else shapes.set(param, [width[1], width[0]]);
    }
  }
  return shapes;
}

/**
 * The dimensions of a site's output after the batch, in order: (tokens, channels) for most; (heads, queries, keys) at an
 * `attention-weights` site. Keys and values of cross-attention are made of source tokens, everything else in a stack of its own.
 */
export function t5Axes({ name, kind, width }: Site): readonly SiteAxis[] {
  const own = name.startsWith("encoder.") ? "source" : "positions";
  const isCross = name.includes(".crossAttention.");
  if (kind === "attention-weights") return [width[1], own, isCross ? "source" : own];
  return [isCross && /\.(key|value)$/.test(name) ? "source" : own, width[1]];
}
