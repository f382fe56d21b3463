import { readFileSync } from "node:fs";
import { type LayoutFiles, parentModule, publishedBlock, publishedModule, type Tuned } from "@petl/spec";
import type { ReadConfig } from "./config.js";
import { readsOf } from "./reads.js";

const source = new URL("../torch/petl_read.py", import.meta.url);

/**
 * A tuned READ for PyTorch: its weights, what `torch/petl_read.py` must know of them, and that module itself, which puts READ on a model
 * of transformers. The task's head is among the weights, by that library's names behind `head.`.
 */
export function inTorch({ backbone, config, trained }: Tuned<ReadConfig>): LayoutFiles {
  const reads = readsOf(backbone, config);
  const ofHead = new Set(backbone.head);
  const published = (name: string): string => `head.${backbone.publishedNames.get(name) ?? name}`;
  const named = Object.entries(trained).map(([name, tensor]) => [ofHead.has(name) ? published(name) : name, tensor]);
  const paramOf = (site: string): string => backbone.sites.find(({ name }) => name === site)!.params[0]!;
  const crossAttentionOf = (block: string): string =>
    parentModule(publishedModule(backbone, paramOf(`${block}.crossAttention.query`)));
  const { cell, recurrent, aggregate, scale } = config;
  const about = {
    version: 1,
    corrected: reads.corrected,
    layers: reads.layers.map((block) => publishedBlock(backbone, block)),
    source: (reads.source ?? []).map((block) => publishedBlock(backbone, block)),
    crossAttention: reads.source === null ? [] : reads.layers.map(crossAttentionOf),
    joinsMean: reads.joinsMean,
    readout: publishedModule(backbone, paramOf(reads.enters)),
    ...{ cell, recurrent, aggregate, scale },
    normEpsilon: 1e-6, // rmsNorm's own
  };
  return {
    tensors: { "read.safetensors": Object.fromEntries(named) },
    json: { "read.json": about },
    text: { "petl_read.py": readFileSync(source, "utf8") },
  };
}
