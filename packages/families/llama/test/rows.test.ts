import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { padRows } from "../src/pad.js";
import { passOf, smallModel } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const config = { padId: 9, slidingWindow: null, modelType: "llama" } as const;
const rows = [
  { source: [1, 2, 3], answer: [4] },
  { source: [5], answer: [6, 7] },
];

test("rows are source, answer and padding, read out from the last token of the source on", async () => {
  const { tensors, shape, paddedTokens } = padRows(rows, config);
  expect(await tensors.ids!.array()).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 9],
  ]);
  expect(await tensors.mask!.array()).toEqual([
    [1, 1, 1, 1],
    [1, 1, 1, 0],
  ]);
  expect(await tensors.readAt!.array()).toEqual([
    [2, 3, 3],
    [0, 1, 2],
  ]);
  expect(await tensors.readMask!.array()).toEqual([
    [1, 1, 0],
    [1, 1, 1],
  ]);
  expect({ shape, paddedTokens }).toEqual({ shape: [2, 3, 3], paddedTokens: 8 });
  tf.dispose(Object.values(tensors));
});

describe("a row is refused in one line", () => {
  test("where its source is empty", () => {
    expect(() => padRows([{ source: [], answer: [1] }], config)).toThrow(
      "expected a source of at least one token, got an empty one",
    );
  });
  test("where the sliding window is shorter", () => {
    const windowed = { ...config, modelType: "mistral", slidingWindow: 3 } as const;
    expect(() => padRows(rows, windowed)).toThrow(/^mistral: expected rows of at most 3 tokens .* got 4; /);
    tf.dispose(Object.values(padRows(rows, { ...windowed, slidingWindow: 4 }).tensors));
  });
});

test("a row's logits do not depend on the others it is padded with, bit for bit", async () => {
  const model = smallModel();
  const logitsOf = async (batch: typeof rows) => {
    const inputs = model.pad(batch);
    const pass = passOf(model);
    return (await tf.tidy(() => model.readout(model.forward(inputs, pass), pass)).array()) as number[][][];
  };
  const alone = await Promise.all(rows.map((row) => logitsOf([row])));
  const longer = { source: Array.from({ length: 40 }, (_, index) => index + 3), answer: [1, 2, 3, 4, 5] };
  const together = await logitsOf([...rows, longer]);
  for (const [row, { answer }] of rows.entries())
    expect(together[row]!.slice(0, answer.length + 1)).toEqual(alone[row]![0]);
});
