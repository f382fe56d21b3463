import "@tensorflow/tfjs-backend-cpu";
import { type Device, type Tensor, tf, withComposedKernels } from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { difference, everyDevice, type Values, valuesOf } from "./every-device.js";
import { operations } from "./operations.js";

const names = Object.keys(operations);
const devices = await everyDevice();
const expected = new Map<string, Values>();

async function observe(compute: () => Readonly<Record<string, Tensor>>): Promise<Values> {
  const results = tf.tidy(() => compute() as tf.NamedTensorMap);
  const values = await valuesOf(results);
  tf.dispose(results);
  return values;
}

beforeAll(async () => {
  await tf.setBackend("cpu"); // tfjs in plain JavaScript, every operation composed: nothing of any device tested
  for (const name of names) expected.set(name, await observe(() => withComposedKernels(() => operations[name]!())));
});

describe.each(devices)("on $name", ({ open, tolerance }) => {
  let device: Device;
  beforeAll(async () => {
    device = await open();
  });
  afterAll(() => device.close());

  test.each(names)("%s: value and gradients are those of plain tfjs", async (name) => {
    const actual = await observe(operations[name]!);
    const wanted = expected.get(name)!;
    expect(Object.keys(actual)).toEqual(Object.keys(wanted));
    for (const [which, values] of Object.entries(wanted))
      expect.soft(difference(actual[which], values), which).toBeLessThanOrEqual(tolerance);
  });
});
