import type { GgufNaming, Tokenizer } from "@petl/checkpoint";
import type { Params } from "@petl/spec";
import type { Random, Tensor } from "@petl/tensor";
import type { z } from "zod";
import type { InitialValue } from "./initial-value.js";
import type { BackboneModel } from "./model.js";

/**
 * How a model answers a task.
 *
 * `trie`: it writes an answer token by token and may only write those of the task. `likelihood`: the answer of the task whose tokens
 * have the highest summed log-probability. `head`: a head gives a class or a number. `free`: it may write anything.
 */
export type Scoring = "trie" | "likelihood" | "head" | "free";

/** Tensors as a checkpoint file names them. */
export interface StoredTensors {
  /** By our name, that of the file. */
  readonly names: ReadonlyMap<string, string>;
  /** Names or patterns of tensors that such files may hold and nothing computes with. */
  readonly ignore: readonly (string | RegExp)[];
  /** `[alias, of]`: a file may repeat tensor `of` as `alias` if the values are equal. */
  readonly tied: readonly (readonly [alias: string, of: string])[];
}

/** Makes the first value of a tensor what a fresh backbone keeps under its name. */
export type KeepWeight = (name: string, value: InitialValue) => Tensor;

/** Tensors by our names. */
export interface StorableTensors {
  /** Weights of linear layers, (output, input). */
  readonly layers: readonly string[];
  /** Of tokens: the embedding and the language model head, (vocabulary, channels). */
  readonly tables: readonly string[];
}

/** A model family: how checkpoints of one architecture become a backbone. The default export of a family's package. */
export interface Family<Config = unknown> {
  readonly specVersion: "v1";
  /** For example `t5`. */
  readonly name: string;
  /** The values of `model_type` in `config.json` that it reads. */
  readonly modelTypes: readonly string[];
  /** For messages: the models that people know it by. */
  readonly models: string;
  /** How its models answer, the default first, each with the name of the format in which examples are written for it. */
  readonly scorings: readonly { readonly scoring: Scoring; readonly format: string }[];
  /** Geometry from the fields of `config.json`: checks them and fills in that library's defaults. */
  readonly config: z.ZodType<Config>;
  /** The fields of `config.json` of a geometry: what `config` reads back to the same. */
  configFields(config: Config): Readonly<Record<string, unknown>>;
  /** Shape of every tensor by our name; linear weights are (output, input). */
  shapes(config: Config): ReadonlyMap<string, readonly number[]>;
  /** What a file with tensors of these names calls ours; files of one family differ in prefixes and old names. */
  stored(config: Config, found: ReadonlySet<string>): StoredTensors;
  /** How GGUF files of such a geometry name and order the tensors of `stored`, and how they are written; absent where they are neither. */
  gguf?(config: Config): GgufNaming;
  /** What may be stored in fewer bits than float32 has, because `linear` and `embedding` alone read it; absent: nothing. */
  storable?(config: Config): StorableTensors;
  /**
   * Random weights; those of a backbone that stays frozen may be drawn differently from those of one that is trained. Each goes through
   * `keep` as soon as it is drawn; without it all are float32.
   */
  initialise(config: Config, random: Random, use: "trained" | "frozen", keep?: KeepWeight): Params;
  build(name: string, config: Config, params: Params): BackboneModel;
  /** Compares a checkpoint's geometry with its tokenizer; returns what does not fit as [expected, got], or null. */
  misfit(config: Config, tokenizer: Tokenizer): readonly [expected: string, got: string] | null;
  /** Published geometries by name. */
  readonly geometries: Readonly<Record<string, Config>>;
  /** Published checkpoints by name: repositories of the Hugging Face hub. */
  readonly published: Readonly<Record<string, string>>;
  /** A geometry for tests, small enough that every test takes milliseconds, with stacks of different depth where there are two. */
  readonly testConfig: Config;
  /** Directory with the tokenizer of backbones with random weights, small and our own. */
  readonly tokenizerDirectory: string;
}

/** Types a family's default export without naming its geometry twice. */
export function defineFamily<Config>(family: Family<Config>): Family<Config> {
  return family;
}
