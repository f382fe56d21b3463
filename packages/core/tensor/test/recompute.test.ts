import { describe, expect, test } from "vitest";
import * as petl from "../src/index.js";
import { recomputed, seededRandom, type Tensor, tf, valueAndGradients } from "../src/index.js";
import { startBackend } from "./start-backend.js";

await startBackend(); // before the tensors below

type Block = (inputs: { x: Tensor; shared: Tensor }) => { y: Tensor };
type Wrap = (name: string, inputs: { x: Tensor; shared: Tensor }, block: Block) => { y: Tensor };
const plainly: Wrap = (_, inputs, block) => block(inputs);

const width = 8;
const weight = (seed: number): Tensor => seededRandom(seed).normal([width, width], 0, 0.5);
const wanted = { first: weight(1), second: weight(2), table: weight(3) };
const start = seededRandom(4).normal([6, width]);

/** Three residual blocks over one shared state that each uses twice, with dropout, and a tensor used outside them too. */
function loss(wrap: Wrap): Tensor {
  const shared = petl.linear(start, wanted.table);
  let x = petl.relu(shared);
  for (const [layer, own] of [wanted.first, wanted.second, wanted.first].entries()) {
    const random = seededRandom(9).fork(layer);
    x = wrap(`block ${layer}`, { x, shared }, (inputs) => {
      const inner = petl.relu(petl.linear(petl.rmsNorm(inputs.x), own));
      const mixed = tf.mul(tf.add(inner, inputs.shared), inputs.shared);
      return { y: tf.add(inputs.x, petl.dropout(mixed, 0.3, random)) };
    }).y;
  }
  return tf.mean(tf.square(tf.add(x, shared)));
}

async function differentiate(f: () => Tensor) {
  petl.resetPeakBytes();
  const before = petl.liveBytes().total;
  const { value, gradients, recorded } = valueAndGradients(f, wanted);
  const peak = petl.peakBytes().total - before;
  const values = await Promise.all(Object.entries(gradients).map(async ([name, each]) => [name, await each.data()]));
  const result = { loss: (await value.data())[0], gradients: Object.fromEntries(values), recorded, peak };
  tf.dispose([value, gradients as Record<string, Tensor>]);
  return { ...result, left: petl.liveBytes().total - before };
}

describe("a recomputed stretch", () => {
  test("has the loss and gradients of the same without, bit for bit, and leaves nothing behind", async () => {
    const [without, within] = [await differentiate(() => loss(plainly)), await differentiate(() => loss(recomputed))];
    expect(within.loss).toBe(without.loss);
    expect(within.gradients).toEqual(without.gradients);
    expect(Object.keys(within.gradients)).toEqual(["first", "second", "table"]);
    expect([within.left, without.left]).toEqual([0, 0]);
    expect(within.recorded.filter((name) => name.startsWith("block"))).toEqual(["block 0", "block 1", "block 2"]);
  });

  test("keeps its inputs only: the peak is lower, and the more so the more stretches there are", async () => {
    const deep = (wrap: Wrap) => () => {
      let x = petl.linear(start, wanted.table);
      for (let layer = 0; layer < 12; layer++) {
        x = wrap("block", { x, shared: x }, (inputs) => {
          const inner = petl.relu(petl.linear(inputs.x, wanted.first));
          return { y: tf.add(inputs.x, petl.relu(petl.linear(inner, wanted.second))) };
        }).y;
      }
      return tf.mean(x);
    };
    const [without, within] = [await differentiate(deep(plainly)), await differentiate(deep(recomputed))];
    expect(within.gradients).toEqual(without.gradients);
    expect(within.peak).toBeLessThan(0.65 * without.peak);
  });

  test("may hold another, and hand back what it was given", async () => {
    const nested: Wrap = (name, inputs, block) =>
      recomputed(name, inputs, (outer) => recomputed(`inner ${name}`, outer, block));
    const through = (): Tensor => {
      const { x, y } = recomputed("through", { x: petl.linear(start, wanted.first) }, (inputs) => ({
        ...inputs,
        y: petl.linear(inputs.x, wanted.second),
      }));
      return tf.mean(tf.mul(x, y));
    };
    const direct = (): Tensor => {
      const x = petl.linear(start, wanted.first);
      return tf.mean(tf.mul(x, petl.linear(x, wanted.second)));
    };
    expect((await differentiate(() => loss(nested))).gradients).toEqual(
      (await differentiate(() => loss(plainly))).gradients,
    );
    expect((await differentiate(through)).gradients).toEqual((await differentiate(direct)).gradients);
  });

  test("is not recorded where no gradient is wanted through it", async () => {
    const frozen = weight(5);
    const { recorded } = await differentiate(() => {
      const { y } = recomputed("frozen", { x: start }, ({ x }) => ({ y: petl.linear(x, frozen) }));
      return tf.mean(petl.linear(y, wanted.first));
    });
    expect(recorded[0]).toBe("linear");
  });

  test("only runs outside a tape", async () => {
    const { y } = recomputed("alone", { x: start }, ({ x }) => ({ y: tf.add(x, 1) }));
    expect((await y.data())[0]).toBeCloseTo((await start.data())[0]! + 1, 6);
  });
});
