import { lengthsOf, Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import type { Activation, Hook } from "@petl/spec";
import {
  liveBytes,
  meanCrossEntropy,
  recordedOperations,
  seededRandom,
  type Tensor,
  tf,
  tidy,
  valueAndGradients,
} from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { Bert } from "../src/index.js";
import { evaluation, none, passOf, relativeDifference } from "./reference.js";
import { row, rows, smallModel } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

/** Logits of rows: (rows * classes). */
function logitsOf(model: Bert, of = rows, pass = passOf(model)): Float32Array {
  const inputs = model.pad(of);
  const values = tidy(() => model.readout(model.forward(inputs, pass), pass).dataSync().slice() as Float32Array);
  tf.dispose(Object.values(inputs.tensors));
  return values;
}

const intervening = (model: Bert, hooks: Record<string, Hook>, reads: string[] = []): Pass =>
  new Pass(model, { ...none, hooks: new Map(Object.entries(hooks)), reads }, evaluation, 0);

test("padding changes no bit of a row's answer", () => {
  const model = smallModel();
  const together = logitsOf(model);
  for (const [index, each] of rows.entries())
    expect(logitsOf(model, [each])).toEqual(together.slice(index * 3, index * 3 + 3));
  expect(logitsOf(model, [...rows, row(70)]).slice(0, together.length)).toEqual(together);
  model.dispose();
});

describe("a pass in which every tensor is trained", () => {
  /** Loss and gradients of one step with dropout, and what a site recorded. */
  function step(model: Bert, recomputes: boolean) {
    const context = { params: {}, training: true, random: seededRandom(5) };
    const intervention = {
      ...none,
      unfrozen: Object.keys(model.params),
      reads: ["encoder.1", "encoder.2.attention.weights"],
    };
    const pass = new Pass(model, intervention, context, 0.1, recomputes);
    const inputs = model.pad(rows);
    const labels = tf.tensor1d([0, 1, 2, 0], "int32");
    const { value, gradients } = valueAndGradients(
      () => meanCrossEntropy(tf.reshape(model.readout(model.forward(inputs, pass), pass), [-1, 3]), labels),
      model.params,
    );
    const recorded = [...pass.recorded].map(([site, { hidden }]) => [site, hidden] as const);
    const all: Record<string, Tensor> = { ...gradients, value, ...Object.fromEntries(recorded) };
    const values = Object.fromEntries(Object.entries(all).map(([name, tensor]) => [name, tensor.dataSync().slice()]));
    pass.dispose();
    tf.dispose([value, labels, gradients as Record<string, Tensor>, Object.values(inputs.tensors)]);
    return values;
  }

  test.each(["bert", "distilbert"] as const)(
    "gives the same bits where activations are recomputed (%s)",
    (architecture) => {
      const model = smallModel({ architecture, tokenTypes: architecture === "bert" ? 2 : 0 });
      const kept = step(model, false);
      expect(kept).toEqual(step(model, true));
      expect(Object.keys(kept)).toHaveLength(Object.keys(model.params).length + 3);
      model.dispose();
    },
  );

  test("leaves nothing behind", () => {
    const model = smallModel();
    const before = liveBytes();
    for (const recomputes of [false, true]) step(model, recomputes);
    expect(liveBytes()).toEqual(before);
    model.dispose();
  });
});

describe("recordings", () => {
  test.each(["tokens", "positions", "positions-with-mean"] as const)(
    "have the dimensions that the model names, recorded at %s",
    (at) => {
      const model = smallModel();
      const before = liveBytes();
      const reads = model.sites.map(({ name }) => name);
      const pass = new Pass(model, { ...none, reads, at }, evaluation, 0);
      logitsOf(model, [row(12)], pass);
      const lengths = lengthsOf(row(12));
      for (const site of model.sites) {
        const axes = model.axes(site, at).map((axis) => (typeof axis === "number" ? axis : lengths[axis]));
        expect([site.name, ...pass.recorded.get(site.name)!.hidden.shape]).toEqual([site.name, 1, ...axes]);
      }
      pass.dispose();
      expect(liveBytes()).toEqual(before);
      model.dispose();
    },
  );

  test("of what is read are those of the first token, and change no bit of the answer", () => {
    const model = smallModel();
    const reads = ["encoder.0", "encoder.2.feedforward.input"];
    const [whole, read] = (["tokens", "positions"] as const).map(
      (at) => new Pass(model, { ...none, reads, at }, evaluation, 0),
    );
    expect(logitsOf(model, rows, whole)).toEqual(logitsOf(model, rows, read));
    for (const site of reads) {
      const first = tf.slice(whole!.recorded.get(site)!.hidden, [0, 0, 0], [-1, 1, -1]);
      expect(read!.recorded.get(site)!.hidden.dataSync()).toEqual(first.dataSync());
      expect([...read!.recorded.get(site)!.mask.dataSync()]).toEqual([1, 1, 1, 1]);
    }
    model.dispose();
  });
});

describe("tokens that a hook puts before the others", () => {
  const repeated = (values: Tensor, batch: number): Tensor => tf.tile(tf.expandDims(values, 0), [batch, 1, 1]);
  const prepend =
    (values: Tensor, mask = 1): Hook =>
    (output: Activation) => {
      const batch = output.hidden.shape[0]!;
      const own = tf.fill([batch, values.shape[0]!], mask);
      return {
        hidden: tf.concat([repeated(values, batch), output.hidden], 1),
        mask: tf.concat([own, output.mask], 1),
      };
    };

  test.each(["bert", "roberta", "distilbert"] as const)(
    "are a prompt: words of type 0 at the first positions (%s)",
    (architecture) => {
      const tokenTypes = { bert: 2, roberta: 1, distilbert: 0 }[architecture];
      const model = smallModel({ architecture, tokenTypes });
      const prompt = tf.slice(model.param("encoder.embedding.weight"), [0, 0], [5, -1]);
      const pass = intervening(model, { "encoder.embedding": prepend(prompt) });
      const words = {
        source: [0, 1, 2, 3, 4, ...row(8).source],
        segments: [0, 0, 0, 0, 0, ...row(8).segments!],
        answer: [],
      };
      const plain = passOf(model, [model.lastBlock]);
      logitsOf(model, [words], plain);
      const state = tf.slice(plain.recorded.get(model.lastBlock)!.hidden, [0, 5, 0], [1, 1, -1]); // behind the prompt
      const inputs = model.pad([row(8)]);
      const read = model.forward(inputs, pass);
      expect(read.hidden.shape).toEqual([1, 1, 32]);
      expect(relativeDifference(read.hidden.dataSync(), state.dataSync())).toBeLessThan(1e-6);
      expect([...read.mask.dataSync()]).toEqual([1]);
      model.dispose();
    },
  );

  test("are a prefix of keys and values, seen as far as their mask says", () => {
    const model = smallModel();
    const name = "encoder.1.attention";
    const prefix = seededRandom(3).normal([4, 32]);
    const hooks = (mask: number) => ({ [`${name}.key`]: prepend(prefix, mask), [`${name}.value`]: prepend(prefix) });
    const plain = logitsOf(model);
    expect(relativeDifference(logitsOf(model, rows, intervening(model, hooks(0))), plain)).toBeLessThan(1e-6);
    const seen = logitsOf(model, rows, intervening(model, hooks(1)));
    expect(relativeDifference(seen, plain)).toBeGreaterThan(1e-3);
    const watched = intervening(model, hooks(1), [`${name}.weights`]);
    expect(relativeDifference(logitsOf(model, rows, watched), seen)).toBeLessThan(1e-5);
    expect(watched.recorded.get(`${name}.weights`)!.hidden.shape).toEqual([4, 4, 12, 16]);
    model.dispose();
  });
});

test("a trained bias of the last feed-forward layer leaves all that comes before it off the tape", () => {
  const model = smallModel();
  const recorded = (name: string): number => {
    const pass = new Pass(model, { ...none, unfrozen: [name] }, evaluation, 0);
    const inputs = model.pad(rows);
    let operations = 0;
    valueAndGradients(
      () => {
        const state = model.forward(inputs, pass);
        operations = recordedOperations();
        return tf.sum(model.readout(state, pass)) as tf.Scalar;
      },
      { [name]: model.param(name) },
    );
    return operations;
  };
  expect(recorded("encoder.2.feedforward.output.bias")).toBe(4); // linear, sum, norm, first token
  expect(recorded("encoder.0.attention.query.bias")).toBeGreaterThan(20);
  model.dispose();
});
