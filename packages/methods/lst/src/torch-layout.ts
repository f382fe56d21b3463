import { readFileSync } from "node:fs";
import { type Backbone, type LayoutFiles, publishedBlock, publishedModule, type Tuned } from "@petl/spec";
import type { LstConfig } from "./config.js";
import * as encoderDecoder from "./encoder-decoder/index.js";
import { prefix } from "./ladder.js";
import * as oneStack from "./one-stack/index.js";

const source = new URL("../torch/petl_lst.py", import.meta.url);

/**
 * A tuned LST for PyTorch: its weights, what `torch/petl_lst.py` must know of them, and that module itself, which puts LST on a model of
 * transformers. Narrow copies have the names of what they copy behind `narrow.`, what joins them to the backbone ours behind `ladder.`,
 * the task's head that library's names behind `head.`.
 */
export function inTorch({ backbone, config, trained }: Tuned<LstConfig>): LayoutFiles {
  const named = Object.entries(trained).map(([name, tensor]) => [fileName(backbone, name), tensor]);
  const { reduction, temperature, maxDistance } = config;
  const about = { version: 1, reduction, temperature, maxDistance, ...placesOf(backbone, config) };
  return {
    tensors: { "lst.safetensors": Object.fromEntries(named) },
    json: { "lst.json": about },
    text: { "petl_lst.py": readFileSync(source, "utf8") },
  };
}

function fileName({ head, publishedNames }: Backbone, name: string): string {
  if (head.includes(name)) return `head.${publishedNames.get(name) ?? name}`;
  const own = name.slice(prefix.length);
  const copied = publishedNames.get(own);
  return copied === undefined ? `ladder.${own}` : `narrow.${copied}`;
}

/** Where the side network reads the backbone, and the module whose output it replaces, by the names of published checkpoints. */
function placesOf(backbone: Backbone, config: LstConfig): object {
  const rungs =
    backbone.kind === "encoder-decoder" ? encoderDecoder.rungsOf(backbone, config) : oneStack.rungsOf(backbone, config);
  const layerOf = (block: string): number => backbone.sites.find(({ name }) => name === block)!.layer;
  const stacks = rungs.map(({ entry, blocks }) => ({
    entry,
    first: publishedBlock(backbone, `${entry.split(".")[0]}.0`),
    blocks: blocks.map((name) => ({ name, module: publishedBlock(backbone, name) })),
    layers: blocks.map(layerOf),
  }));
  const last = backbone.sites.findLast(({ kind }) => kind === "block")!.name;
  const closing = backbone.sites.find(({ name, kind }) => kind === "norm" && backbone.readoutSites.includes(name));
  return {
    stacks,
    replaces: closing === undefined ? publishedBlock(backbone, last) : publishedModule(backbone, closing.params[0]!),
  };
}
