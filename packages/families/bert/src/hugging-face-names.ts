import type { StoredTensors } from "@petl/backbone";
import { architectures } from "./architectures.js";
import type { Architecture, BertConfig } from "./config.js";
import { classifier, encoderShapes, pooler, wordEmbedding } from "./sites.js";

/**
 * The name that transformers' model for sequence classification gives each of our tensors, for example
 * `encoder.3.attention.query.weight` -> `bert.encoder.layer.3.attention.self.query.weight`.
 */
export function huggingFaceNames(architecture: Architecture, ours: Iterable<string>): ReadonlyMap<string, string> {
  return new Map([...ours].map((name) => [name, huggingFaceName(architecture, name)]));
}

const embeddings: Readonly<Record<string, string>> = {
  [wordEmbedding]: "embeddings.word_embeddings",
  [`${wordEmbedding}.tokenType`]: "embeddings.token_type_embeddings",
  [`${wordEmbedding}.position`]: "embeddings.position_embeddings",
  [`${wordEmbedding}.norm`]: "embeddings.LayerNorm",
};

function huggingFaceName(architecture: Architecture, param: string): string {
  const { prefix, layers, modules, head } = architectures[architecture];
  const [, site, tensor] = /^(.+)\.(weight|bias)$/.exec(param) as unknown as [string, string, string];
  if (site === pooler) return `${head.pooler}.${tensor}`;
  if (site === classifier) return `${head.classifier}.${tensor}`;
  if (site in embeddings) return `${prefix}.${embeddings[site]}.${tensor}`;
  const [, layer, part] = /^encoder\.(\d+)\.(.+)$/.exec(site) as unknown as [string, string, string];
  return `${prefix}.${layers}.${layer}.${modules[part]}.${tensor}`;
}

/** Heads of pre-training and of tasks, and buffers that old versions of transformers saved. */
const unused = [
  /^(cls|lm_head|vocab_transform|vocab_layer_norm|vocab_projector)\./,
  /^(classifier|pre_classifier|qa_outputs)\./,
  /(^|\.)embeddings\.(position_ids|token_type_ids)$/,
];

/**
 * What a file calls our tensors: as transformers' model for sequence classification does, or without the prefix, as files of bare
 * encoders do; `gamma` and `beta` in old files are a norm's weight and bias. A pooler is read where the file has a pre-trained one.
 */
export function storedTensors(config: BertConfig, found: ReadonlySet<string>): StoredTensors {
  const { prefix, head } = architectures[config.architecture];
  const expected = huggingFaceNames(config.architecture, encoderShapes(config).keys());
  const isBare = found.has(expected.get(`${wordEmbedding}.weight`)!.slice(prefix.length + 1));
  const stored = (name: string): string => {
    const current = isBare ? name.slice(prefix.length + 1) : name;
    const old = current.replace(/\.weight$/, ".gamma").replace(/\.bias$/, ".beta");
    return found.has(current) || !found.has(old) ? current : old;
  };
  const names = new Map([...expected].map(([ours, name]) => [ours, stored(name)]));
  const poolers = [`${pooler}.weight`, `${pooler}.bias`];
  if (!poolers.some((name) => found.has(names.get(name) ?? ""))) for (const name of poolers) names.delete(name);
  const ignore = head.isPretrained ? unused : [...unused, new RegExp(`^(${prefix}\\.)?pooler\\.`)];
  return { names, ignore, tied: [] };
}
