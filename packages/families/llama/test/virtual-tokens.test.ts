import { readSafetensors, type TensorSource } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import type { Hook } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import type { Llama } from "../src/index.js";
import { expectClose, fixtureDirectory, readReference } from "./reference.js";
import { passOf } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const before =
  (virtual: Tensor): Hook =>
  ({ hidden, mask }) => {
    const [rows, , channels] = hidden.shape as [number, number, number];
    const tokens = virtual.shape[0]!;
    const tiled = tf.tile(tf.reshape(virtual, [1, tokens, channels]), [rows, 1, 1]);
    return { hidden: tf.concat([tiled, hidden], 1), mask: tf.concat([tf.ones([rows, tokens]), mask], 1) };
  };

/** Hooks that put PEFT's virtual tokens where it does; its table has keys and values of the layers in turn. */
const hooksOf = {
  prompt: (stored: TensorSource) => new Map([["decoder.embedding", before(tableOf(stored))]]),
  prefix: (stored: TensorSource, { config: { layers } }: Llama) => {
    const parts = tf.split(tableOf(stored), 2 * layers, 1);
    const name = (index: number) => `decoder.${Math.floor(index / 2)}.attention.${index % 2 === 0 ? "key" : "value"}`;
    return new Map(parts.map((part, index) => [name(index), before(part)]));
  },
};

const tableOf = (stored: TensorSource): Tensor =>
  tf.tensor(stored.read("virtualTokens"), [...stored.info("virtualTokens").shape]);

test.each(["prefix", "prompt"] as const)("a %s gives the logits that PEFT gives", async (kind) => {
  const { model, rows } = readReference("llama-grouped");
  const stored = readSafetensors(`${fixtureDirectory("virtual-tokens")}${kind}.safetensors`);
  const pass = passOf(model, { hooks: hooksOf[kind](stored, model) });
  const whole = rows.map(({ prompt, answer }) => [...prompt, ...answer]);
  const inputs = model.pad(whole.map(([first, ...rest]) => ({ source: [first!], answer: rest }))); // all are read out
  const logits = tf.tidy(() => model.readout(model.forward(inputs, pass), pass));
  const [, tokens, vocabulary] = logits.shape as [number, number, number];
  const cells = whole.flatMap(({ length }, row) =>
    Array.from({ length: length * vocabulary }, (_, cell) => row * tokens * vocabulary + cell),
  );
  await expectClose(logits, stored.read("logits"), kind, { cells });
  expect(cells.length).toBeLessThan(logits.size); // some of it is padding
});
