import { statSync } from "node:fs";
import {
  type GgufDescription,
  type GgufMetadata,
  type GgufNaming,
  ggufTokenizer,
  ggufValue,
  inFileOrder,
  type LazyGgufTensor,
  type TensorSource,
  writeGguf,
} from "@petl/checkpoint";
import type { GgufFormat, StoredWeight } from "@petl/weight-formats";
import type { Family } from "../contract/family.js";
import { BackboneError } from "./backbone-error.js";
import { fileTypes, fittingFormat, otherFormats, type TensorFormat, wantedFormat } from "./gguf-formats.js";
import {
  bytesOf,
  type ConversionOptions,
  type ConvertedTensor,
  convertedLazily,
  isFloat,
  roundedBefore,
} from "./quantised-tensors.js";
import type { QuantisedWeights } from "./quantised-weights.js";
import { matchWeights, openWeights } from "./weights.js";

export interface GgufOptions extends ConversionOptions {
  readonly dtype: GgufFormat;
  /** `general.name`. */
  readonly name: string;
}

/** `quantiseWeights` to GGUF. */
export async function quantiseToGguf<Config>(
  directory: string,
  path: string,
  family: Family<Config>,
  config: Config,
  { dtype, name, ...options }: GgufOptions,
): Promise<QuantisedWeights> {
  const { naming, written } = writtenAs(family, config, dtype);
  const tokenizer = ggufTokenizer(directory, written.vocabularySize);
  const source = openWeights(directory, family, config);
  try {
    const { tensors, leftOut } = tensorsOf(source, family, config, dtype);
    const lazy = convertedLazily(source, tensors, options);
    const named = tensors.map(({ ours }, at) => {
      const stored = storedName(written, family.name, ours);
      return [stored, inOrder(lazy[at]!, naming.tensor(stored, written.architecture)?.storedRow)] as const;
    });
    const metadata = metadataOf(written, dtype, name, tokenizer.metadata);
    await writeGguf(path, metadata, { ...Object.fromEntries(named), ...constantsOf(written) });
    return {
      bytesBefore: bytesOf(source.names().map((each) => source.info(each))),
      bytesAfter: statSync(path).size,
      roundedBefore: roundedBefore(tensors),
      otherFormats: otherFormats(tensors),
      notes: [
        ...tokenizer.notes,
        ...(leftOut.length === 0 ? [] : [`left out, as GGUF has no place for them: ${listed(leftOut)}`]),
      ],
      skippedModules: [],
    };
  } finally {
    source.close();
  }
}

/** How files of a geometry are written. @throws BackboneError E_BACKBONE_STORAGE */
function writtenAs<Config>(
  family: Family<Config>,
  config: Config,
  dtype: GgufFormat,
): { readonly naming: GgufNaming; readonly written: GgufDescription } {
  const naming = family.gguf?.(config);
  if (naming?.written !== undefined) return { naming, written: naming.written };
  throw notWritten(family.name, dtype, naming === undefined ? "models" : "models with frequencies as these");
}

/** The error for models that are not written to GGUF. */
export const notWritten = (family: string, dtype: string, models: string): BackboneError =>
  new BackboneError(
    "E_BACKBONE_STORAGE",
    `family ${family}: expected nf4, nf4+dq, bf16 or f16, as its ${models} are not written to GGUF, got ${dtype}`,
  );

interface GgufTensor extends ConvertedTensor<TensorFormat> {
  readonly ours: string;
  /** What it would be in if its rows were of whole blocks. */
  readonly wanted: GgufFormat | "f32";
}

/** The model's tensors with their formats, and names of those of the source that a file has no place for. */
function tensorsOf<Config>(
  source: TensorSource,
  family: Family<Config>,
  config: Config,
  dtype: GgufFormat,
): { readonly tensors: readonly GgufTensor[]; readonly leftOut: readonly string[] } {
  const { names, aliases } = matchWeights(source, family, config);
  const lacking = [...family.shapes(config).keys()].find((ours) => !names.has(ours));
  if (lacking !== undefined)
    throw new BackboneError(
      "E_BACKBONE_STORAGE",
      `${source.path}: expected all tensors of the model, as GGUF has no models without a head, got none for ${lacking}; choose nf4, nf4+dq, bf16 or f16`,
    );
  const { layers, tables } = family.storable?.(config) ?? { layers: [], tables: [] };
  const tensors = [...names].map(([ours, name]): GgufTensor => {
    const info = source.info(name);
    const wanted = wantedFormat(dtype, layers.includes(ours) ? "layer" : tables.includes(ours) ? "table" : "other");
    return { ...{ ours, name, info, wanted }, format: fittingFormat(wanted, info.shape.at(-1) ?? 1) };
  });
  const used = new Set(names.values());
  const leftOut = source
    .names()
    .filter((name) => !used.has(name) && !aliases.includes(name) && isFloat(source.info(name)));
  return { tensors, leftOut };
}

function storedName({ storedName: nameOf }: GgufDescription, family: string, ours: string): string {
  const name = nameOf(ours);
  if (name !== null) return name;
  throw new BackboneError("E_BACKBONE_STORAGE", `family ${family}: expected a name in GGUF for ${ours}, got none`);
}

/** A tensor whose rows are brought into the file's order when it is read. */
function inOrder(tensor: LazyGgufTensor, storedRow: ((row: number) => number) | undefined): LazyGgufTensor {
  if (storedRow === undefined) return tensor;
  const ordered = (bytes: Uint8Array): Uint8Array => inFileOrder(bytes, tensor.shape[0] ?? 1, storedRow);
  return {
    ...tensor,
    async read(): Promise<Float32Array | StoredWeight> {
      const weight = await tensor.read();
      if (!(weight instanceof Float32Array)) return { ...weight, bytes: ordered(weight.bytes) };
      return new Float32Array(ordered(new Uint8Array(weight.buffer, weight.byteOffset, weight.byteLength)).buffer);
    },
  };
}

function metadataOf(
  { architecture, metadata }: GgufDescription,
  dtype: GgufFormat,
  name: string,
  tokenizer: GgufMetadata,
): GgufMetadata {
  const { string, u32 } = ggufValue;
  return {
    "general.architecture": string(architecture),
    "general.type": string("model"),
    "general.name": string(name),
    "general.file_type": u32(fileTypes[dtype]),
    "general.quantization_version": u32(quantisationVersion),
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`${architecture}.${key}`, value])),
    ...tokenizer,
  };
}

/** Of the layouts of blocks, as llama.cpp counts them. */
const quantisationVersion = 2;

const constantsOf = ({ constants }: GgufDescription): Record<string, LazyGgufTensor> =>
  Object.fromEntries(
    Object.entries(constants).map(([name, values]) => [
      name,
      { shape: [values.length], format: "f32", read: () => values } as const,
    ]),
  );

const shown = 3;

const listed = (names: readonly string[]): string =>
  [...names.slice(0, shown), ...(names.length > shown ? [`${names.length - shown} more`] : [])].join(", ");
