import { Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import plan from "@petl/device-plan";
import type { ByteSplit, DeviceProvider } from "@petl/tensor";
import {
  liveBytes,
  meanCrossEntropy,
  peakBytes,
  resetPeakBytes,
  seededRandom,
  tf,
  valueAndGradients,
} from "@petl/tensor";
import { expect, test } from "vitest";
import family, { initialise, Llama } from "../src/index.js";
import { hooksOf, none, passOf } from "./small-model.js";

const rows = [
  { source: [5, 17, 3, 40, 22, 9], answer: [12, 7] },
  { source: [8, 2], answer: [9] },
];

/** Peak and remaining bytes of a training step and of answers tried after cached sources, on one device. */
async function bytesOn(device: DeviceProvider): Promise<readonly ByteSplit[]> {
  const opened = await device.open();
  const bytes: ByteSplit[] = [];
  const note = (): void => {
    bytes.push(peakBytes(), liveBytes());
    resetPeakBytes();
  };
  const model = new Llama("planned", family.testConfig, initialise(family.testConfig, seededRandom(0)));
  resetPeakBytes();
  for (const hooks of Object.values(hooksOf))
    for (const reads of [{ reads: [] }, { reads: ["decoder.0", "decoder.2"] }]) {
      const inputs = model.pad(rows);
      const context = { params: {}, training: true, random: seededRandom(0) };
      const pass = new Pass(model, { ...none, unfrozen: Object.keys(model.params), hooks, ...reads }, context, 0);
      const { value, gradients } = valueAndGradients(() => {
        const logits = model.readout(model.forward(inputs, pass), pass);
        return meanCrossEntropy(tf.reshape(logits, [6, -1]), tf.tensor1d([12, 7, 1, 9, 1, -100], "int32"));
      }, model.params);
      note();
      tf.dispose([value, ...Object.values(gradients)]);
      pass.dispose();
      const evaluated = passOf(model, { hooks, ...reads });
      const prefilled = model.prefill(inputs, evaluated);
      for (const answers of [
        [[], []],
        [[4], [5]],
        [
          [1, 2, 3],
          [4, 5],
        ],
      ])
        tf.dispose(Object.values(prefilled.after(answers, evaluated)));
      if (prefilled.next !== undefined)
        for (const ids of [null, [1, 2], [3, 4]]) tf.dispose(Object.values(prefilled.next(ids, evaluated)));
      note();
      prefilled.dispose();
      evaluated.dispose();
      tf.dispose(Object.values(inputs.tensors));
    }
  model.dispose();
  await opened.close();
  return bytes;
}

test("the plan device counts the bytes of the CPU device, in training and after cached sources", async () => {
  const planned = await bytesOn(plan);
  expect(planned).toEqual(await bytesOn(cpu));
});
