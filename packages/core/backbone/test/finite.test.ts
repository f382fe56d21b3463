import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { findNotFinite } from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

test("large values whose sum overflows are finite", async () => {
  const large = tf.fill([4], 3e38);
  expect(await findNotFinite({ large })).toBeNull();
  const bad = tf.tensor1d([1, Number.NEGATIVE_INFINITY]);
  expect(await findNotFinite({ large, bad })).toEqual({ name: "bad", index: 1, value: Number.NEGATIVE_INFINITY });
  tf.dispose([large, bad]);
});

test("nothing to look at is finite", async () => {
  expect(await findNotFinite({})).toBeNull();
});
