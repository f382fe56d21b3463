import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ggufDtypes } from "@petl/backbone";
import { readConfig, writeSafetensors } from "@petl/checkpoint";
import { onTestFinished } from "vitest";
import family, { huggingFaceName, type LlamaConfig } from "../src/index.js";
import { fixtureDirectory } from "./reference.js";

export type GgufDtype = (typeof ggufDtypes)[number];

/** A small model that is written to GGUF. */
export interface GgufModel {
  readonly name: string;
  readonly dtypes: readonly GgufDtype[];
  /** One of the tokenizer fixtures, with other fields of the document and of its model. */
  readonly tokenizer: { readonly from: string; readonly document?: object; readonly model?: object };
  readonly config: Readonly<Record<string, unknown>>;
}

interface ReadBack {
  readonly prompts: readonly (readonly number[])[];
  readonly files: Readonly<
    Record<
      string,
      {
        readonly sha256: string;
        /** Digests of values, by the file's names. */
        readonly tensors: Readonly<Record<string, string>>;
        readonly transformersIds: readonly (readonly number[])[];
        readonly llamaCppIds: readonly (readonly number[])[];
        /** After each prompt. */
        readonly llamaCppLikeliest: readonly (readonly (readonly [id: number, logProbability: number])[])[];
      }
    >
  >;
}

const read = <Content>(path: string): Content => JSON.parse(readFileSync(path, "utf8")) as Content;
const tokenizers = fileURLToPath(new URL("../../../core/checkpoint/test/fixtures/tokenizers", import.meta.url));

export const ggufModels = read<readonly GgufModel[]>(`${fixtureDirectory("gguf")}models.json`);
/** What gguf, transformers and llama.cpp read of them; made by scripts/fixtures/gguf-read-back.py. */
export const readBack = read<ReadBack>(`${fixtureDirectory("gguf")}read-back.json`);
export const { texts } = read<{ readonly texts: readonly string[] }>(join(tokenizers, "expected.json"));

/** Writes a model with the values that the fixtures' script gives it, as Hugging Face lays it out, below a directory that is removed. */
export function writeModel({ config, tokenizer }: GgufModel): { directory: string; config: LlamaConfig } {
  const root = mkdtempSync(join(tmpdir(), "petl-gguf-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const directory = join(root, "model");
  mkdirSync(directory);
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  const original = read<{ model: object }>(join(tokenizers, tokenizer.from, "tokenizer.json"));
  const document = { ...original, ...tokenizer.document, model: { ...original.model, ...tokenizer.model } };
  writeFileSync(join(directory, "tokenizer.json"), JSON.stringify(document));
  copyFileSync(join(tokenizers, tokenizer.from, "tokenizer_config.json"), join(directory, "tokenizer_config.json"));
  const geometry = readConfig(directory, family.config);
  const tensors = [...family.shapes(geometry)].map(([name, shape], tensor) => {
    const length = shape.reduce((product, each) => product * each, 1);
    const mean = name.toLowerCase().endsWith("norm.weight") ? 1 : 0;
    const values = Float32Array.from({ length }, (_, at) => valueAt(tensor, at, mean));
    return [huggingFaceName(name), { shape, values }] as const;
  });
  writeSafetensors(join(directory, "model.safetensors"), Object.fromEntries(tensors));
  return { directory, config: geometry };
}

/** 24 bits of a product of the tensor's and the value's number, within 0.2 of the mean. */
const valueAt = (tensor: number, at: number, mean: number): number =>
  mean + 0.2 * ((Math.imul(at + 7919 * tensor + 1, 2_654_435_761) >>> 8) / 2 ** 23 - 1);
