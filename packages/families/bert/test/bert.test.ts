import type { HeadTask } from "@petl/backbone";
import { Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { tf, valueAndGradients } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluation, expectClose, lossOf, none, passOf, readReference, realOnly, withStoredHead } from "./reference.js";

beforeAll(async () => {
  await cpu.open();
});

const classes: HeadTask = { kind: "classes", outputs: 3 };
const score: HeadTask = { kind: "score", outputs: 1 };
/** What a fixture calls the layer between the first token's state and the classifier, before its nonlinearity. */
const poolers = { bert: "pooler.dense", roberta: "classifier.dense", distilbert: "pre_classifier" } as const;

describe.each(["bert", "roberta", "distilbert"] as const)("%s agrees with Hugging Face transformers in", (name) => {
  test("every block at every real token, the pooler and the logits", async () => {
    const { bare, rows, expected } = readReference(name);
    const model = withStoredHead(bare, name, classes);
    const blocks = model.sites.filter(({ kind }) => kind === "block").map((site) => site.name);
    const pass = passOf(model, ["encoder.embedding.norm", ...blocks, "pooler"]);
    const inputs = model.pad(rows);
    const logits = model.readout(model.forward(inputs, pass), pass);
    const stored = (state: string) => {
      const values = tf.tensor(expected.read(state), [...expected.info(state).shape]);
      return realOnly(values, inputs).dataSync() as Float32Array;
    };
    const recorded = (site: string) => pass.recorded.get(site)!.hidden;
    await expectClose(realOnly(recorded("encoder.embedding.norm"), inputs), stored("embedding"), "embedding");
    for (const [layer, block] of blocks.entries())
      await expectClose(realOnly(recorded(block), inputs), stored(`block.${layer}`), block);
    await expectClose(recorded("pooler"), expected.read(poolers[name]), "pooler");
    await expectClose(logits, expected.read("logits"), "logits");
    pass.dispose();
    model.dispose();
  });

  test.each([
    [name, classes],
    [`${name}-regression`, score],
  ] as const)("the loss and the gradient of every tensor (%s)", async (fixture, task) => {
    const { bare, rows, expected, about } = readReference(fixture);
    const model = withStoredHead(bare, fixture, task);
    expect(Object.values(model.params).reduce((sum, { size }) => sum + size, 0)).toBe(about.parameters);
    const pass = new Pass(model, { ...none, unfrozen: Object.keys(model.params) }, evaluation, 0);
    const inputs = model.pad(rows);
    const { value, gradients } = valueAndGradients(
      () => lossOf(model.readout(model.forward(inputs, pass), pass), task, expected),
      model.params,
    );
    await expectClose(value, Float32Array.of(about.loss), "loss");
    for (const [ours, theirs] of model.publishedNames) {
      if (theirs in about.gradientsThatAreRoundingOnly!) {
        const largest = tf.max(tf.abs(gradients[ours]!)).dataSync()[0]!;
        expect(largest, `gradient of ${ours}`).toBeLessThan(1e-6); // softmax ignores what all keys share
      } else await expectClose(gradients[ours]!, expected.read(`grad.${theirs}`), `gradient of ${ours}`);
    }
    model.dispose();
  });
});
