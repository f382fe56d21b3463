import { initialise, T5, type T5Config } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import type { PetlMethod } from "@petl/spec";

import { seededRandom, type Tensor } from "@petl/tensor";
import { type Batch, makeBatch, type TokenizedExample, TunedModel, type TunedModelOptions } from "@petl/trainer";

/** A T5 small enough that every test takes milliseconds; encoder and decoder differ in depth, so that a mix-up shows. */
export const testConfig: T5Config = {
  vocabularySize: 61,
  modelWidth: 32,
  headWidth: 8,
  heads: 4,
  feedForwardWidth: 48,
  encoderLayers: 2,
  decoderLayers: 3,
  relativeBuckets: 8,
  relativeMaxDistance: 20,
  activation: "relu",
  tiedHead: true,
  normEpsilon: 1e-6,
  padId: 0,
  eosId: 1,
  decoderStartId: 0,
};

let device: ReturnType<typeof cpu.open> | undefined;

/** The CPU device of this process, opened once however many suites ask for it. */
export const openTestDevice = (): ReturnType<typeof cpu.open> => {
  device ??= cpu.open();
  return device;
};

/** A fresh backbone with the same random weights each time. */
export const testBackbone = (config: T5Config = testConfig): T5 =>
  new T5("t5-test", config, initialise(config, seededRandom(7), 1));

/** Four examples of different lengths. */
export function testExamples(): TokenizedExample[] {
  const ids = (length: number, offset: number): number[] =>
    Array.from({ length }, (_, index) => 2 + ((index * 7 + offset) % 59));
  return [9, 6, 3, 12].map((length, index) => ({
    source: [...ids(length, 11 * index), 1],
    target: [...ids(1 + (index % 3), 5 + index), 1],
  }));
}

/** A batch of them, which the caller disposes. */
export const testBatch = (): Batch => makeBatch(testExamples(), testConfig.padId, testConfig.decoderStartId);

/** A method attached to a fresh test backbone. */
export function attachForTest<Config>(
  method: PetlMethod<Config>,
  config: Config,
  seed = 3,
  options: TunedModelOptions = {},
): TunedModel {
  return TunedModel.attach(testBackbone(), method, config, seededRandom(seed), options);
}

export async function valuesOf(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, await tensor.data()] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, Float32Array>;
}

export const largest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
