import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as petl from "../src/index.js";
import { seededRandom, type Tensor, tf, valueAndGradients } from "../src/index.js";
import { compare, expectClose, normal, random } from "./compare.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

const extent = fc.integer({ min: 1, max: 7 });
const runs = { numRuns: 12 };
const unit = (x: Tensor): Tensor => tf.div(x, tf.sqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-6)));

describe("has the value and gradients of its definition:", () => {
  test("rmsNorm with and without weight", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, fc.integer({ min: 2, max: 9 }), async (batch, tokens, channels) => {
        // one channel apart: there y = +-w and the gradient is all cancellation
        const inputs = [normal(batch, tokens, channels), normal(channels)];
        await compare(
          ([x, w]) => petl.rmsNorm(x!, w!),
          ([x, w]) => tf.mul(unit(x!), w!),
          inputs,
        );
        await compare(
          ([x]) => petl.rmsNorm(x!),
          ([x]) => unit(x!),
          inputs.slice(0, 1),
        );
      }),
      runs,
    ));

  test("linear with and without bias", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, extent, extent, async (batch, tokens, input, output) => {
        const product = (x: Tensor, w: Tensor): Tensor =>
          tf.reshape(tf.matMul(tf.reshape(x, [-1, input]) as tf.Tensor2D, tf.transpose(w) as tf.Tensor2D), [
            batch,
            tokens,
            output,
          ]);
        const inputs = [normal(batch, tokens, input), normal(output, input), normal(output)];
        await compare(
          ([x, w, b]) => petl.linear(x!, w!, b!),
          ([x, w, b]) => tf.add(product(x!, w!), b!),
          inputs,
        );
        await compare(
          ([x, w]) => petl.linear(x!, w!),
          ([x, w]) => product(x!, w!),
          inputs.slice(0, 2),
        );
      }),
      runs,
    ));

  test("relu, gelu and addBias", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, async (rows, channels) => {
        await compare(
          ([x]) => petl.relu(x!),
          ([x]) => tf.relu(x!),
          [normal(rows, channels)],
        );
        const tanh = (x: Tensor): Tensor =>
          tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))));
        const gelu = (x: Tensor): Tensor => tf.mul(tf.mul(0.5, x), tf.add(1, tanh(x)));
        await compare(
          ([x]) => petl.gelu(x!),
          ([x]) => gelu(x!),
          [normal(rows, channels)],
        );
        await compare(
          ([gate, x]) => petl.gatedGelu(gate!, x!),
          ([gate, x]) => tf.mul(gelu(gate!), x!),
          [normal(rows, channels), normal(rows, channels)],
        );
        await compare(
          ([x, b]) => petl.addBias(x!, b!),
          ([x, b]) => tf.add(x!, b!),
          [normal(rows, channels), normal(channels)],
        );
      }),
      runs,
    ));

  test("embedding, with ids that repeat", () =>
    fc.assert(
      fc.asyncProperty(
        extent,
        extent,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
        async (size, channels, ids) => {
          const rows = tf.tensor2d([ids.map((id) => Math.min(id, size - 1))], undefined, "int32");
          await compare(
            ([t]) => petl.embedding(t!, rows),
            ([t]) => tf.gather(t!, rows),
            [normal(size, channels)],
          );
        },
      ),
      runs,
    ));

  test("softmaxCrossEntropy, ignored labels included", () =>
    fc.assert(
      fc.asyncProperty(extent, fc.integer({ min: 2, max: 9 }), async (rows, classes) => {
        const ids = Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? petl.ignoredLabel : (row * 5) % classes));
        const labels = tf.tensor1d(ids, "int32");
        const chosen = tf.tensor2d(ids.map((id) => Array.from({ length: classes }, (_, c) => (c === id ? 1 : 0))));
        const composed = ([x]: Tensor[]): Tensor => tf.neg(tf.sum(tf.mul(tf.logSoftmax(x!), chosen), -1));
        await compare(([x]) => petl.softmaxCrossEntropy(x!, labels), composed, [normal(rows, classes)]);
      }),
      runs,
    ));

  test("meanCrossEntropy with label smoothing, against the smoothed distribution", () =>
    fc.assert(
      fc.asyncProperty(
        extent,
        fc.integer({ min: 2, max: 9 }),
        fc.constantFrom(0, 0.1, 0.5),
        async (rows, classes, smoothing) => {
          const ids = Array.from({ length: rows }, (_, row) =>
            row % 3 === 1 ? petl.ignoredLabel : (row * 5) % classes,
          );
          const counted = ids.filter((id) => id !== petl.ignoredLabel).length;
          const share = (id: number, c: number): number =>
            id === petl.ignoredLabel ? 0 : (c === id ? 1 - smoothing : 0) + smoothing / classes;
          const target = tf.tensor2d(ids.map((id) => Array.from({ length: classes }, (_, c) => share(id, c))));
          const labels = tf.tensor1d(ids, "int32");
          await compare(
            ([x]) => petl.meanCrossEntropy(x!, labels, smoothing),
            ([x]) => tf.div(tf.neg(tf.sum(tf.mul(tf.logSoftmax(x!), target))), counted),
            [normal(rows, classes)],
          );
        },
      ),
      runs,
    ));

  test("attention with bias and padding, causal and not", () =>
    fc.assert(
      fc.asyncProperty(
        extent,
        extent,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (queries, keys, heads, causal) => {
          const [batch, size, from] = [2, 2, causal ? Math.max(queries, keys) : keys];
          const width = heads * size;
          const mask = tf.tensor2d([
            Array(from).fill(1),
            Array.from({ length: from }, (_, key) => (key < Math.ceil(from / 2) ? 1 : 0)),
          ]);
          const split = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [batch, -1, heads, size]), [0, 2, 1, 3]);
          const visible = tf.tensor2d(
            Array.from({ length: queries }, (_, q) =>
              Array.from({ length: from }, (_, k) => (!causal || k <= q + from - queries ? 1 : 0)),
            ),
          );
          const allowed = tf.mul(tf.reshape(mask, [batch, 1, 1, from]), tf.reshape(visible, [1, 1, queries, from]));
          const composed = ([q, k, v, b]: Tensor[]): Tensor => {
            const scores = tf.add(tf.matMul(split(q!), split(k!), false, true), b!);
            const blocked = tf.add(tf.mul(scores, allowed), tf.mul(tf.sub(allowed, 1), 1e9));
            const context = tf.matMul(tf.softmax(blocked), split(v!));
            return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [batch, queries, width]);
          };
          const inputs = [
            normal(batch, queries, width),
            normal(batch, from, width),
            normal(batch, from, width),
            normal(heads, queries, from),
          ];
          const fused = ([query, key, value, bias]: Tensor[]): Tensor =>
            petl.attention({ query: query!, key: key!, value: value!, bias: bias!, mask }, { heads, causal });
          await compare(fused, composed, inputs);
          const parts = ([query, key, value, bias]: Tensor[]): Tensor =>
            petl.applyAttention(
              petl.attentionWeights({ query: query!, key: key!, bias: bias!, mask }, { heads, causal }),
              value!,
              heads,
            );
          await compare(parts, composed, inputs);
        },
      ),
      runs,
    ));
});

describe("dropout", () => {
  test("keeps the mean, zeroes the share it was told to, and its gradient has the same zeros", async () => {
    const x = tf.ones([200, 50]);
    const stream = seededRandom(9);
    const output = await petl.dropout(x, 0.3, stream).data();
    const zeros = output.filter((value) => value === 0).length / output.length;
    expect(zeros).toBeGreaterThan(0.28);
    expect(zeros).toBeLessThan(0.32);
    const { gradients } = valueAndGradients(() => tf.sum(petl.dropout(x, 0.3, stream)), { x });
    expect(await gradients.x!.data()).toEqual(output);
  });

  test("after relu, in one operation, has the values and gradients of the two", async () => {
    const [x, weights, stream] = [normal(40, 30), normal(40, 30), seededRandom(9)];
    const of = async (f: () => Tensor) => {
      const { value, gradients } = valueAndGradients(() => tf.sum(tf.mul(f(), weights)), { x });
      return { output: await f().data(), value: await value.data(), gradient: gradients.x! };
    };
    const one = await of(() => petl.reluDropout(x, 0.3, stream));
    const two = await of(() => petl.dropout(petl.relu(x), 0.3, stream));
    expect([one.output, one.value]).toEqual([two.output, two.value]);
    await expectClose(one.gradient, two.gradient, "gradient");
    expect(petl.reluDropout(x, 0, stream)).toBeDefined();
    expect(await petl.reluDropout(x, 0, stream).data()).toEqual(await petl.relu(x).data());
  });

  test("inside attention is that of the probabilities", async () => {
    const [batch, queries, keys, heads, width] = [2, 5, 7, 2, 6];
    const inputs = {
      query: normal(batch, queries, width),
      key: normal(batch, keys, width),
      value: normal(batch, keys, width),
      bias: normal(heads, queries, keys),
    };
    const mask = tf.tensor2d([Array(keys).fill(1), Array.from({ length: keys }, (_, key) => (key < 4 ? 1 : 0))]);
    const weights = normal(batch, queries, width);
    const [shape, stream] = [{ heads, causal: false }, seededRandom(9)];
    const inside = () => petl.attention({ ...inputs, mask }, shape, { rate: 0.4, random: stream });
    const apart = () => {
      const probabilities = petl.attentionWeights({ ...inputs, mask }, shape);
      return petl.applyAttention(petl.dropout(probabilities, 0.4, stream), inputs.value, heads);
    };
    await expectClose(inside(), apart(), "value");
    const [one, two] = [inside, apart].map((f) => valueAndGradients(() => tf.sum(tf.mul(f(), weights)), inputs));
    for (const name of Object.keys(inputs)) await expectClose(one!.gradients[name]!, two!.gradients[name]!, name);
    expect(Object.keys(one!.gradients)).toEqual(Object.keys(inputs));
  });

  test("at rate 0 is the identity, and a rate of 1 is refused", () => {
    const x = normal(3);
    expect(petl.dropout(x, 0, random)).toBe(x);
    expect(() => petl.dropout(x, 1, random)).toThrow("[0, 1)");
  });
});

describe("what is saved for the backward pass", () => {
  /** Bytes alive after the forward pass beyond inputs and output. */
  function savedBytes(f: () => Tensor, wanted: Record<string, Tensor>): number {
    let saved = 0;
    const before = petl.liveBytes().total;
    const { value, gradients } = valueAndGradients(() => {
      const output = petl.tidy(f);
      saved = petl.liveBytes().total - before - output.size * 4;
      return tf.sum(output);
    }, wanted);
    tf.dispose([value, gradients as Record<string, Tensor>]);
    return saved;
  }

  test("is nothing for a chain of frozen linear layers and norms but what the norms read", () => {
    const [x, bias, w] = [normal(4, 16), normal(16), normal(16, 16)];
    const f = (): Tensor => petl.linear(petl.linear(petl.addBias(petl.linear(x, w), bias), w), w);
    expect(savedBytes(f, { bias })).toBe(0);
  });

  test("never holds attention probabilities", () => {
    const [tokens, width] = [64, 8];
    const [q, k, v] = [normal(2, tokens, width), normal(2, tokens, width), normal(2, tokens, width)];
    const mask = tf.ones([2, tokens]);
    const f = (): Tensor =>
      petl.attention({ query: q, key: k, value: v, bias: null, mask }, { heads: 4, causal: false });
    expect(savedBytes(f, { q, k, v })).toBe(0); // its inputs are alive anyway; probabilities would be 128 kB
    const dropping = (): Tensor =>
      petl.attention(
        { query: q, key: k, value: v, bias: null, mask },
        { heads: 4, causal: false },
        { rate: 0.1, random },
      );
    expect(savedBytes(dropping, { q, k, v })).toBe(0);
  });

  test("holds one intermediate of a feed-forward layer with dropout, and two of a gated one", () => {
    const [x, up, gate, down] = [normal(10, 4), normal(32, 4), normal(32, 4), normal(4, 32)];
    const intermediate = 10 * 32 * 4;
    const plain = (): Tensor => petl.linear(petl.reluDropout(petl.linear(x, up), 0.1, random), down);
    expect(savedBytes(plain, { up, down })).toBe(intermediate);
    const gated = (): Tensor => petl.linear(petl.gatedGelu(petl.linear(x, gate), petl.linear(x, up)), down);
    expect(savedBytes(gated, { up, gate })).toBe(2 * intermediate);
  });
});
