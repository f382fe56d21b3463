import type { BackboneModel, Family, HeadTask } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import type { Backbone, PetlMethod } from "@petl/spec";
import { seededRandom, type Tensor } from "@petl/tensor";
import { type Batch, makeBatch, type TokenizedExample, TunedModel, type TunedModelOptions } from "@petl/trainer";
import { testFamilies } from "./families.js";

/** What a method is tested on: a family's tiny backbone, with or without a head. */
export interface Stage {
  readonly title: string;
  readonly family: Family;
  /** What its head answers; null: it writes text. */
  readonly head: HeadTask | null;
  /** The family's first: what does not depend on the readout is tested on it alone. */
  readonly isFirst: boolean;
}

const classes: HeadTask = { kind: "classes", outputs: 3 };
const score: HeadTask = { kind: "score", outputs: 1 };

/**
 * A stage for every way in which each family is read out: to text, and to classes by a head. Scores differ from classes in the loss
 * alone, so only families without text have them.
 */
export const stages: readonly Stage[] = testFamilies.flatMap((family) => {
  const hasText = family.scorings.some(({ scoring }) => scoring !== "head");
  const hasHead = family.scorings.some(({ scoring }) => scoring === "head");
  const heads = [...(hasText ? [null] : []), ...(hasHead ? [classes] : []), ...(hasText ? [] : [score])];
  return heads.map((head, index) => {
    const readout = head === null ? "text" : head.kind;
    return { title: `${family.name}, ${readout}`, family, head, isFirst: index === 0 };
  });
});

let device: ReturnType<typeof cpu.open> | undefined;

/** The CPU device of this process, opened once however many suites ask for it. */
export const openTestDevice = (): ReturnType<typeof cpu.open> => {
  device ??= cpu.open();
  return device;
};

/** A family's tiny backbone, or one of another geometry, fresh and with the same random weights each time. */
export function testBackbone<Config>(
  family: Family<Config>,
  head: HeadTask | null = null,
  config: Config = family.testConfig,
): BackboneModel {
  const params = family.initialise(config, seededRandom(7), "frozen");
  const backbone = family.build(`${family.name}-test`, config, params);
  return head === null ? backbone : backbone.withHead(head, seededRandom(8));
}

/** What the sites of a family's backbones are; their weights have no say in it. */
export const kindOf = (family: Family): Backbone["kind"] => family.build(family.name, family.testConfig, {}).kind;

/** Four examples of different lengths, with answers as the backbone gives them. */
export function testExamples(backbone: BackboneModel): TokenizedExample[] {
  const { padId, eosId, headTask, kind } = backbone;
  const table = backbone.sites.find((site) => site.kind === "embedding")!.params[0]!;
  const words = [...Array(backbone.param(table).shape[0]).keys()].filter((id) => id !== padId && id !== eosId);
  const ids = (length: number, offset: number): number[] =>
    Array.from({ length }, (_, index) => words[(index * 7 + offset) % words.length]!);
  return [9, 6, 3, 12].map((length, index) => {
    const end = headTask === null ? [eosId] : [];
    const source = [...ids(length, 11 * index), ...end];
    const segments = source.map((_, token) => (token < 4 ? 0 : 1));
    return {
      source,
      ...(kind === "encoder" && { segments }),
      target: headTask === null ? [...ids(1 + (index % 3), 5 + index), ...end] : [],
      value: { classes: index % 3, score: 1.5 * index, none: undefined }[headTask?.kind ?? "none"],
    };
  });
}

/** A batch of them, which the caller disposes. */
export const testBatch = (backbone: BackboneModel): Batch => makeBatch(testExamples(backbone), backbone);

/** A method attached to a fresh backbone. */
export function attachForTest<Config>(
  { family, head }: Pick<Stage, "family" | "head">,
  method: PetlMethod<Config>,
  config: Config,
  seed = 3,
  options: TunedModelOptions = {},
): TunedModel {
  return TunedModel.attach(testBackbone(family, head), method, config, seededRandom(seed), options);
}

export async function valuesOf(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, await tensor.data()] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, Float32Array>;
}

export const largest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
