import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { greedyDecode, NotFiniteError } from "../src/index.js";
import { passOf, rows, testModel } from "./context.js";

beforeAll(async () => {
  await cpu.open();
});

/** The likeliest token after each row, by a whole pass. */
function likeliest(model: ReturnType<typeof testModel>, sources: readonly (readonly number[])[]): number[] {
  const pass = passOf(model);
  return sources.map((source) => {
    const inputs = model.pad([{ source, answer: [] }]);
    return tf.argMax(model.readout(model.forward(inputs, pass), pass), -1).dataSync()[0]!;
  });
}

describe("greedy decoding", () => {
  test("writes the likeliest token of a whole pass at each step, and padding behind the end", async () => {
    const model = testModel();
    const pass = passOf(model);
    const prefilled = model.prefill(model.pad(rows.map(({ source }) => ({ source, answer: [] }))), pass);
    const written = await greedyDecode(model, prefilled, pass, rows.length, { maxTokens: 6 });
    const texts = rows.map(({ source }) => [...source]);
    for (let step = 0; step < 6; step++)
      for (const [row, id] of likeliest(model, texts).entries()) texts[row]!.push(id);
    for (const [row, { source }] of rows.entries()) {
      const expected = texts[row]!.slice(source.length);
      const end = expected.indexOf(model.eosId);
      expect(written[row]).toEqual(end < 0 ? expected : expected.map((id, at) => (at > end ? model.padId : id)));
    }
    model.dispose();
  });

  test("ends when every row has ended", async () => {
    const model = testModel();
    const pass = passOf(model);
    const prefilled = model.prefill(model.pad(rows.map(({ source }) => ({ source, answer: [] }))), pass);
    const ending = tf.oneHot(tf.tensor1d([model.eosId, model.eosId, model.eosId], "int32"), 40); // (rows, vocabulary)
    const readout = () => tf.reshape(tf.cast(ending, "float32"), [3, 1, 40]);
    expect(await greedyDecode(model, prefilled, pass, 3, { maxTokens: 6, readout })).toEqual([[1], [1], [1]]);
    model.dispose();
  });

  test("stops at a logit that is not finite, naming where it arose", async () => {
    const model = testModel();
    const pass = passOf(model);
    const prefilled = model.prefill(model.pad(rows.map(({ source }) => ({ source, answer: [] }))), pass);
    const readout = () => tf.fill([3, 1, 40], Number.NaN);
    const origin = { place: "this test", remedy: "leave it" };
    const decoding = greedyDecode(model, prefilled, pass, 3, { maxTokens: 2, readout, origin });
    await expect(decoding).rejects.toThrow(NotFiniteError);
    await expect(decoding).rejects.toThrow("this test: expected finite logits, got NaN; leave it");
    model.dispose();
  });
});
