import { Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import {
  meanCrossEntropy,
  peakBytes,
  resetPeakBytes,
  seededRandom,
  type Tensor,
  tf,
  valueAndGradients,
} from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { Llama } from "../src/index.js";
import { hooksOf, none, smallModel } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const short = {
  rows: [
    { source: [5, 17, 3, 40], answer: [12, 7] },
    { source: [8, 2], answer: [9] },
  ],
  labels: [7, 7, 1, 2, 60, -100],
};

/** The loss and its gradients by all of the model's tensors, read back; `recomputes`: blocks are computed again backward. */
async function trained(
  model: Llama,
  intervention: Partial<Pass["intervention"]>,
  dropout: number,
  recomputes: boolean,
  { rows, labels } = short,
) {
  const inputs = model.pad(rows);
  const context = { params: {}, training: true, random: seededRandom(3) };
  const whole = { ...none, unfrozen: Object.keys(model.params), ...intervention };
  const pass = new Pass(model, whole, context, dropout, recomputes);
  resetPeakBytes();
  const { value, gradients } = valueAndGradients(
    () => {
      const logits = model.readout(model.forward(inputs, pass), pass);
      const recorded = [...pass.recorded.values()].map(({ hidden }) => tf.mean(tf.square(hidden)));
      const loss = meanCrossEntropy(tf.reshape(logits, [labels.length, -1]), tf.tensor1d(labels, "int32"));
      return recorded.length === 0 ? loss : tf.add(loss, tf.addN(recorded));
    },
    Object.fromEntries(whole.unfrozen.map((name) => [name, model.param(name)])),
  );
  const peak = peakBytes().total;
  const named: [string, Tensor][] = [["loss", value], ...Object.entries(gradients)];
  const values = await Promise.all(named.map(async ([name, tensor]) => [name, await tensor.data()] as const));
  tf.dispose([value, ...Object.values(gradients), ...Object.values(inputs.tensors)]);
  pass.dispose();
  return { values, peak };
}

describe.each(Object.entries(hooksOf))("with %s", (_, hooks) => {
  test("recomputed blocks give the same loss and gradients bit for bit", async () => {
    await expectSame({ hooks, ...reading }, 0);
  });
});

test("so they do with dropout of attention weights", async () => {
  await expectSame({ hooks: hooksOf["a prompt, a prefix in one layer and an adapter"]!, ...reading }, 0.2);
});

const reading = { reads: ["decoder.0", "decoder.2"], at: "positions" as const };

async function expectSame(intervention: Partial<Pass["intervention"]>, dropout: number): Promise<void> {
  const model = smallModel();
  const plain = await trained(model, intervention, dropout, false);
  const again = await trained(model, intervention, dropout, true);
  expect(again.values).toEqual(plain.values);
  model.dispose();
}

test("recomputed blocks keep less", async () => {
  const model = smallModel();
  const long = Array.from({ length: 4 }, () => ({ source: Array.from({ length: 48 }, (_, id) => id), answer: [] }));
  const first = "decoder.0.attention.norm.weight";
  const peakOf = async (recomputes: boolean): Promise<number> =>
    (await trained(model, { unfrozen: [first] }, 0, recomputes, { rows: long, labels: [1, 2, 3, 4] })).peak;
  expect(await peakOf(true)).toBeLessThan(0.7 * (await peakOf(false)));
});
