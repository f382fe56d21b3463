import { greedyDecode, type Inputs, Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { meanCrossEntropy, seededRandom, tf, valueAndGradients } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { huggingFaceNames } from "../src/index.js";
import { expectClose, readReference } from "./reference.js";

beforeAll(async () => {
  await cpu.open();
});

const none = { hooks: new Map(), unfrozen: [], reads: [] };
const context = { params: {}, training: false, random: seededRandom(0) };

/** The reference's tensors as the model's own `pad` would hand them over. */
function asInputs({ sources, mask, decoderInputs }: ReturnType<typeof readReference>["inputs"]): Inputs {
  const [rows, tokens] = sources.shape as [number, number];
  const positions = decoderInputs.shape[1]!;
  return {
    tensors: { sources, mask, decoderInputs },
    shape: [rows, tokens, positions],
    paddedTokens: rows * (tokens + positions),
  };
}

describe.each(["t5-v1_0", "t5-v1_1"] as const)("%s agrees with Hugging Face transformers in", (name) => {
  test("every block, cross-attention and logit", async () => {
    const { model, inputs, expected } = readReference(name);
    const blocks = model.sites.filter(({ kind }) => kind === "block").map((site) => site.name);
    const weights = model.sites.filter((site) => site.name.endsWith("crossAttention.weights")).map((site) => site.name);
    const pass = new Pass(model, { ...none, reads: [...blocks, ...weights] }, context, 0);
    const encoded = model.encode(inputs.sources, inputs.mask, pass);
    await expectClose(encoded.hidden, expected.read("encoder.last_hidden_state"), "encoder");
    const state = model.decode(inputs.decoderInputs, encoded, pass);
    const logits = model.readout(state, pass);
    for (const block of blocks) {
      const [stack, layer] = block.split(".") as [string, string];
      await expectClose(pass.recorded.get(block)!.hidden, expected.read(`${stack}.block.${layer}`), block);
    }
    for (const [layer, site] of weights.entries()) {
      await expectClose(pass.recorded.get(site)!.hidden, expected.read(`decoder.cross_attention.${layer}`), site);
    }
    await expectClose(logits, expected.read("logits"), "logits");
  });

  test("the logits of a whole forward pass, and of one after the sources were read alone", async () => {
    const { model, inputs, expected } = readReference(name);
    const pass = new Pass(model, none, context, 0);
    await expectClose(
      model.readout(model.forward(asInputs(inputs), pass), pass),
      expected.read("logits"),
      "whole forward pass",
    );
    const answers = (inputs.decoderInputs.arraySync() as number[][]).map((ids) => ids.slice(1));
    const prefilled = model.prefill(asInputs(inputs), pass);
    await expectClose(model.readout(prefilled.after(answers, pass), pass), expected.read("logits"), "after a prefill");
    prefilled.dispose();
  });

  test("the loss and the gradient of every tensor", async () => {
    const { model, inputs, expected, about } = readReference(name);
    const pass = new Pass(model, { ...none, unfrozen: Object.keys(model.params) }, context, 0);
    const { value, gradients } = valueAndGradients(() => {
      const encoded = model.encode(inputs.sources, inputs.mask, pass);
      const logits = model.readout(model.decode(inputs.decoderInputs, encoded, pass), pass);
      return meanCrossEntropy(tf.reshape(logits, [-1, model.config.vocabularySize]), inputs.labels);
    }, model.params);
    expect((await value.data())[0]).toBeCloseTo(about.loss, 4);
    for (const [ours, theirs] of huggingFaceNames(model.config)) {
      await expectClose(gradients[ours]!, expected.read(`grad.${theirs}`), `gradient of ${ours}`);
    }
  });

  test.each([true, false])("the tokens of greedy decoding (keys and values cached: %s)", async (cached) => {
    const { model, inputs, about } = readReference(name);
    const pass = new Pass(model, none, context, 0);
    const before = tf.memory().numTensors;
    const { next, ...whole } = model.prefill(asInputs(inputs), pass);
    const prefilled = cached ? { ...whole, next: next! } : whole;
    const expected = about.greedy.map((ids) => ids.slice(1));
    const rows = await greedyDecode(model, prefilled, pass, expected.length, { maxTokens: 8 });
    prefilled.dispose();
    expect(rows.map((row, index) => row.slice(0, expected[index]!.length))).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
  });
});
