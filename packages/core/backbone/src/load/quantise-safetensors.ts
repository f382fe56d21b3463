import { statSync } from "node:fs";
import { writeStoredSafetensors } from "@petl/checkpoint";
import type { Family } from "../contract/family.js";
import { BackboneError } from "./backbone-error.js";
import { bytesOf, type ConversionOptions, convertedLazily, isFloat, roundedBefore } from "./quantised-tensors.js";
import type { QuantisedWeights } from "./quantised-weights.js";
import { unquantisedModules } from "./unquantised-modules.js";
import { formatFor } from "./weight-storage.js";
import { matchWeights, openWeights } from "./weights.js";

/** What weights can be brought to in safetensors. */
export const safetensorsDtypes = ["nf4", "nf4+dq", "bf16", "f16"] as const;
export type SafetensorsDtype = (typeof safetensorsDtypes)[number];

/** `quantiseWeights` to safetensors. */
export async function quantiseToSafetensors<Config>(
  directory: string,
  path: string,
  family: Family<Config>,
  config: Config,
  { dtype, ...options }: ConversionOptions & { readonly dtype: SafetensorsDtype },
): Promise<QuantisedWeights> {
  const source = openWeights(directory, family, config);
  try {
    const { names, aliases } = matchWeights(source, family, config);
    const layers = new Set(layersOf(family, config, dtype).map((ours) => names.get(ours)!));
    const used = new Set(names.values());
    const kept = source
      .names()
      .filter((name) => used.has(name) || (!aliases.includes(name) && isFloat(source.info(name))))
      .map((name) => ({ name, format: formatFor(dtype, layers.has(name)), info: source.info(name) }));
    const tensors = convertedLazily(source, kept, options);
    await writeStoredSafetensors(path, Object.fromEntries(kept.map(({ name }, at) => [name, tensors[at]!])));
    return {
      bytesBefore: bytesOf(source.names().map((name) => source.info(name))),
      bytesAfter: statSync(path).size,
      roundedBefore: roundedBefore(kept),
      otherFormats: [],
      notes: [],
      skippedModules: unquantisedModules(
        kept.filter(({ info }) => info.shape.length === 2).map(({ name }) => name),
        { layers, used, aliases },
      ),
    };
  } finally {
    source.close();
  }
}

function layersOf<Config>(family: Family<Config>, config: Config, dtype: SafetensorsDtype): readonly string[] {
  if (dtype === "bf16" || dtype === "f16") return [];
  if (family.storable !== undefined) return family.storable(config).layers;
  throw new BackboneError(
    "E_BACKBONE_STORAGE",
    `family ${family.name}: expected bf16 or f16, as it does not say which of its weights are those of linear layers, got ${dtype}`,
  );
}
