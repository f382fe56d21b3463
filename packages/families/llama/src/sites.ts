import { type HeadTask, readAxes, type SiteAxis, site } from "@petl/backbone";
import type { ReadAt, Site } from "@petl/spec";
import type { LlamaConfig } from "./config.js";

export const tokenTable = "decoder.embedding.weight";
export const closingNorm = "decoder.norm";
export const lmHead = "lmHead";
export const scoreHead = "score";

/** Names of the sites that turn the last state into an answer: in text, or of a task's head. */
export const readoutOf = (task: HeadTask | null): readonly string[] => [
  closingNorm,
  task === null ? lmHead : scoreHead,
];

/** Name of the site whose output enters the readout. */
export const lastBlockOf = ({ layers }: Pick<LlamaConfig, "layers">): string => `decoder.${layers - 1}`;

/**
 * Every site, in the order in which they finish.
 *
 * `decoder.embedding`; per layer `decoder.N.attention.{norm,query,queryNorm (Qwen3),key,keyNorm (Qwen3),value,weights,output}`,
 * `decoder.N.attention`, `decoder.N.feedforward.{norm,gate,input,activation,output}`, `decoder.N.feedforward`, `decoder.N`;
 * `decoder.norm`; `lmHead`, or `score` where a task has a head.
 */
export function llamaSites(config: LlamaConfig, task: HeadTask | null): readonly Site[] {
  const { modelWidth, vocabularySize, tiedHead, layers } = config;
  return [
    site("decoder.embedding", "embedding", -1, [modelWidth, modelWidth], [tokenTable]),
    ...Array.from({ length: layers }, (_, layer) => [
      ...attentionSites(`decoder.${layer}.attention`, layer, config),
      ...feedForwardSites(`decoder.${layer}.feedforward`, layer, config),
      site(`decoder.${layer}`, "block", layer, [modelWidth, modelWidth]),
    ]).flat(),
    norm(closingNorm, -1, modelWidth),
    task === null
      ? site(lmHead, "linear", -1, [modelWidth, vocabularySize], tiedHead ? [] : [`${lmHead}.weight`])
      : linear(scoreHead, -1, modelWidth, task.outputs, false),
  ];
}

const norm = (name: string, layer: number, width: number): Site =>
  site(name, "norm", layer, [width, width], [`${name}.weight`]);

const linear = (name: string, layer: number, input: number, output: number, hasBias: boolean): Site =>
  site(name, "linear", layer, [input, output], [`${name}.weight`, ...(hasBias ? [`${name}.bias`] : [])]);

function attentionSites(name: string, layer: number, config: LlamaConfig): Site[] {
  const { modelWidth, heads, keyValueHeads, headWidth, queryKeyValueBias, queryKeyNorm, outputBias } = config;
  const [ofQueries, ofKeys] = [heads * headWidth, keyValueHeads * headWidth];
  const project = (part: string, output: number): Site =>
    linear(`${name}.${part}`, layer, modelWidth, output, queryKeyValueBias);
  const byHead = (part: string, width: number): Site[] => (queryKeyNorm ? [norm(`${name}.${part}`, layer, width)] : []);
  return [
    norm(`${name}.norm`, layer, modelWidth),
    project("query", ofQueries),
    ...byHead("queryNorm", ofQueries),
    project("key", ofKeys),
    ...byHead("keyNorm", ofKeys),
    project("value", ofKeys),
    site(`${name}.weights`, "attention-weights", layer, [heads, heads]),
    linear(`${name}.output`, layer, ofQueries, modelWidth, outputBias),
    site(name, "attention", layer, [modelWidth, modelWidth]),
  ];
}

function feedForwardSites(name: string, layer: number, config: LlamaConfig): Site[] {
  const { modelWidth, feedForwardWidth, feedForwardBias } = config;
  const widen = (part: string): Site => linear(`${name}.${part}`, layer, modelWidth, feedForwardWidth, feedForwardBias);
  return [
    norm(`${name}.norm`, layer, modelWidth),
    widen("gate"),
    widen("input"),
    site(`${name}.activation`, "activation", layer, [feedForwardWidth, feedForwardWidth]),
    linear(`${name}.output`, layer, feedForwardWidth, modelWidth, feedForwardBias),
    site(name, "feedforward", layer, [modelWidth, modelWidth]),
  ];
}

/** Shape of every tensor, by our name: linear weights are (output, input), one weight norms every head of queries or keys. */
export function llamaShapes(config: LlamaConfig, task: HeadTask | null = null): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, kind, width, params } of llamaSites(config, task)) {
    for (const param of params) {
      if (kind === "embedding") shapes.set(param, [config.vocabularySize, config.modelWidth]);
      else if (/\.(query|key)Norm$/.test(name)) shapes.set(param, [config.headWidth]);
      else if (kind === "norm" || param.endsWith(".bias")) shapes.set(param, [width[1]]);
      else shapes.set(param, [width[1], width[0]]);
    }
  }
  return shapes;
}

/**
 * The dimensions of a site's output after the batch, in order: (tokens, channels) for most; (heads, queries, keys) at an
 * `attention-weights` site. The readout sees the positions that are read out, and so does what reads only those.
 */
export function llamaAxes({ name, kind, width }: Site, at: ReadAt): readonly SiteAxis[] {
  if (kind === "attention-weights") return [width[1], at === "tokens" ? "sequence" : "positions", "sequence"];
  const isReadout = [closingNorm, lmHead, scoreHead].includes(name);
  return readAxes(width[1], isReadout ? "positions" : at, "sequence");
}
