import { AttachmentError, type Backbone, ConfigReader, defineMethod } from "@petl/spec";
import type { Random } from "@petl/tensor";

export interface LisaConfig {
  /** Layers that are trained at a time. */
  readonly layers: number;
  /** Updates after which other layers are drawn. */
  readonly period: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * LISA trains in place what belongs to no layer (embeddings, closing norms, the language model's head) always, and of the layers a few at a
 * time, drawn uniformly anew every `period` updates.
 *
 * In a backbone of two stacks, the layers of both are drawn from together. Pan et al. 2024, algorithm 1, https://arxiv.org/abs/2403.17919
 */
export default defineMethod<LisaConfig>({
  specVersion: "v1",
  name: "lisa",
  paper: {
    title: "LISA: Layerwise Importance Sampling for Memory-Efficient Large Language Model Fine-Tuning",
    url: "https://arxiv.org/abs/2403.17919",
  },
  parse(input) {
    const fields = new ConfigReader("lisa", input);
    const config = {
      layers: fields.integer("layers", 2, 1),
      period: fields.integer("period", 20, 1),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, { layers: count, period, learningRateScale }, random) {
    const { always, layers } = partsOf(backbone);
    if (count > layers.length)
      throw new AttachmentError(
        `lisa: expected 1 to ${layers.length} layers (those of ${backbone.name}), got ${count}`,
      );
    return {
      params: {},
      unfrozen: [...always, ...layers.flat()],
      hooks: new Map(),
      trainedIn: (update) => {
        const drawn = drawnLayers(random.fork(Math.floor((update - 1) / period)), layers.length, count);
        return [...always, ...drawn.flatMap((layer) => layers[layer]!)];
      },
      optimizer: () => ({ learningRateScale }),
    };
  },
});

/** `count` of `all` layers without repetition, in their order. */
export function drawnLayers(random: Random, all: number, count: number): number[] {
  return [...random.permutation(all).slice(0, count)].sort((a, b) => a - b);
}

/** Names of the tensors of each layer, and of those that belong to none; a task's head is in neither. */
function partsOf({ sites, params, head }: Backbone): { readonly always: string[]; readonly layers: string[][] } {
  const layers = sites
    .filter(({ kind }) => kind === "block")
    .map(({ name }) => {
      const parts = sites.filter((site) => site.name.startsWith(`${name}.`));
      return parts.flatMap((site) => site.params);
    });
  const inLayers = new Set(layers.flat());
  const always = Object.keys(params).filter((param) => !inLayers.has(param) && !head.includes(param));
  return { always, layers };
}
