import { fileURLToPath } from "node:url";
import { readSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import {
  recurrentCell,
  recurrentCells,
  seededRandom,
  type Tensor,
  tf,
  valueAndGradients,
  withComposedKernels,
} from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type SweepWeights, sweep } from "../src/sweep.js";

beforeAll(async () => {
  await cpu.open();
});

async function expectClose(ours: Tensor, reference: ArrayLike<number>, what: string): Promise<void> {
  const values = await ours.data();
  expect(values.length, what).toBe(reference.length);
  let [difference, scale] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    difference = Math.max(difference, Math.abs(values[index]! - reference[index]!));
    scale = Math.max(scale, Math.abs(reference[index]!));
  }
  expect(difference / scale, what).toBeLessThan(1e-5);
}

describe.each(["gru", "lstm", "rnn"] as const)("the %s sweep", (name) => {
  test("agrees with PyTorch in outputs and gradients to 1e-5", async () => {
    // made by scripts/fixtures/recurrent.py; the fixture's input comes in where the joiner's would, beside a layer of zeros
    const stored = readSafetensors(fileURLToPath(new URL(`./fixtures/${name}.safetensors`, import.meta.url)));
    const read = (tensor: string): Tensor => tf.tensor(stored.read(tensor), [...stored.info(tensor).shape]);
    const inputs = tf.unstack(read("input"));
    const zeros = inputs.map(() => tf.zeros([9, 4]));
    const weights = {
      norm: tf.ones([4]),
      input: tf.ones([recurrentCells[name].gates * 7, 4]),
      context: read("weight.weight_ih_l0"),
      state: read("weight.weight_hh_l0"),
      inputBias: read("weight.bias_ih_l0"),
      stateBias: read("weight.bias_hh_l0"),
    };
    const outputs = sweep(name, zeros, inputs, weights);
    await expectClose(tf.stack(outputs), stored.read("outputs"), "outputs");

    const lossWeights = tf.unstack(read("loss_weights"));
    const { norm, input, ...trained } = weights;
    const wanted = { ...trained, ...Object.fromEntries(inputs.map((tensor, index) => [`x${index}`, tensor])) };
    const { gradients } = valueAndGradients(
      () =>
        tf.addN(
          sweep(name, zeros, inputs, { norm, input, ...trained }).map((h, i) => tf.sum(tf.mul(h, lossWeights[i]!))),
        ),
      wanted,
    );
    await expectClose(tf.stack(inputs.map((_, index) => gradients[`x${index}`]!)), stored.read("grad.input"), "input");
    await expectClose(gradients.context!, stored.read("grad.weight_ih_l0"), "input weight");
    await expectClose(gradients.state!, stored.read("grad.weight_hh_l0"), "state weight");
    await expectClose(gradients.inputBias!, stored.read("grad.bias_ih_l0"), "input bias");
    await expectClose(gradients.stateBias!, stored.read("grad.bias_hh_l0"), "state bias");
  });

  test("has the gradients of the same cell composed of recorded operations, through the folded norm", async () => {
    const random = seededRandom(11);
    const [rows, channels, hidden, cell] = [6, 5, 3, recurrentCells[name]];
    const layers = [0, 1, 2].map((index) => random.fork(index).normal([rows, channels], 0, 3));
    const weights: SweepWeights = {
      norm: random.normal([channels], 1, 0.2),
      input: random.normal([cell.gates * hidden, channels]),
      context: null,
      state: random.normal([cell.gates * hidden, hidden]),
      inputBias: random.normal([cell.gates * hidden]),
      stateBias: random.normal([cell.gates * hidden]),
    };
    const composed = (): Tensor[] => {
      let state: Tensor = tf.zeros([rows, cell.stateParts * hidden]);
      return layers.map((layer) => {
        const unit = tf.div(layer, tf.sqrt(tf.add(tf.mean(tf.square(layer), -1, true), 1e-6)));
        const normed = tf.mul(unit, weights.norm) as tf.Tensor2D;
        const before = tf.slice(state, [0, 0], [rows, hidden]) as tf.Tensor2D;
        const step = {
          fromInput: tf.matMul(normed, weights.input as tf.Tensor2D, false, true),
          fromContext: null,
          fromState: tf.matMul(before, weights.state as tf.Tensor2D, false, true),
          ...{ inputBias: weights.inputBias, stateBias: weights.stateBias, state },
        };
        state = withComposedKernels(() => recurrentCell(name, step));
        return tf.slice(state, [0, 0], [rows, hidden]);
      });
    };
    const { context, ...wanted } = weights;
    const loss = (states: Tensor[]): Tensor => tf.sum(tf.square(tf.addN(states)));
    const ours = valueAndGradients(
      () =>
        loss(
          sweep(
            name,
            layers,
            layers.map(() => context),
            weights,
          ),
        ),
      wanted,
    );
    const reference = valueAndGradients(() => loss(composed()), wanted);
    for (const key of Object.keys(wanted))
      await expectClose(ours.gradients[key]!, await reference.gradients[key]!.data(), key);
  });
});
