import cpu from "@petl/device-cpu";
import type { Activation } from "@petl/spec";
import { liveBytes, seededRandom, tf, valueAndGradients } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { Pass } from "../../src/index.js";
import { context, passOf, rows, testModel } from "../context.js";

beforeAll(async () => {
  await cpu.open();
});

const twice = ({ hidden, mask }: Activation): Activation => ({ hidden: tf.mul(hidden, 2), mask });

/** Divided by the root mean square. */
function normed(state: readonly number[]): number[] {
  const rms = Math.sqrt(state.reduce((sum, value) => sum + value ** 2, 0) / state.length + 1e-6);
  return state.map((value) => value / rms);
}

describe("a pass", () => {
  test("gives the logits of a naive computation", async () => {
    const model = testModel();
    const inputs = model.pad(rows);
    const pass = passOf(model);
    const logits = model.readout(model.forward(inputs, pass), pass);
    const weight = (name: string) => model.param(name).arraySync() as number[][];
    const times = (matrix: number[][], vector: number[]) =>
      matrix.map((row) => row.reduce((sum, value, at) => sum + value * vector[at]!, 0));
    const found = logits.arraySync() as number[][][];
    for (const [row, { source, answer }] of rows.entries()) {
      let state = [...source, ...answer].map((id) => weight("decoder.embedding.weight")[id]!);
      for (const layer of [0, 1]) {
        const before = state;
        state = before.map((values, token) => {
          const mean = values.map(
            (_, channel) => before.slice(0, token + 1).reduce((sum, each) => sum + each[channel]!, 0) / (token + 1),
          );
          const mixed = times(weight(`decoder.${layer}.mix.weight`), mean);
          return values.map((value, channel) => value + mixed[channel]!);
        });
      }
      for (let position = 0; position <= answer.length; position++) {
        const expected = times(weight("lmHead.weight"), state[source.length - 1 + position]!);
        for (const [id, value] of expected.entries()) expect(found[row]![position]![id]).toBeCloseTo(value, 4);
      }
    }
    model.dispose();
  });

  test("hands a hook its site's output and input, and goes on with what it returns", async () => {
    const model = testModel();
    const inputs = model.pad(rows);
    const plain = passOf(model, { reads: ["decoder.0", "decoder.0.mix"] });
    model.forward(inputs, plain);
    const hooked = passOf(model, { reads: ["decoder.0", "decoder.0.mix"], hooks: new Map([["decoder.0.mix", twice]]) });
    model.forward(inputs, hooked);
    const read = (pass: Pass, site: string) => pass.recorded.get(site)!.hidden;
    const mixed = read(plain, "decoder.0.mix");
    expect(await read(hooked, "decoder.0.mix").data()).toEqual(await tf.mul(mixed, 2).data());
    const expected = await tf.add(read(plain, "decoder.0"), mixed).data();
    for (const [at, value] of (await read(hooked, "decoder.0").data()).entries())
      expect(value).toBeCloseTo(expected[at]!, 5);
    for (const pass of [plain, hooked]) pass.dispose();
    model.dispose();
  });

  test("records whole sequences, or the positions that are read out where those are asked for", async () => {
    const model = testModel();
    const inputs = model.pad(rows);
    const [whole, only] = [
      passOf(model, { reads: ["decoder.1"] }),
      passOf(model, { reads: ["decoder.1"], at: "positions" }),
    ];
    model.forward(inputs, whole);
    const state = model.forward(inputs, only);
    expect(whole.recorded.get("decoder.1")!.hidden.shape).toEqual([3, 5, 8]);
    expect(only.recorded.get("decoder.1")!.hidden.shape).toEqual([3, 3, 8]);
    expect(await only.recorded.get("decoder.1")!.hidden.data()).toEqual(await state.hidden.data());
    for (const pass of [whole, only]) pass.dispose();
    model.dispose();
  });

  test("records behind them the mean of the normed states that each sees, where that is asked for", async () => {
    const model = testModel();
    const inputs = model.pad(rows);
    const [whole, only, withMean] = (["tokens", "positions", "positions-with-mean"] as const).map((at) => {
      const pass = passOf(model, { reads: ["decoder.1"], at });
      model.forward(inputs, pass);
      return pass;
    }) as [Pass, Pass, Pass];
    const [all, states, both] = [whole, only, withMean].map(
      ({ recorded }) => recorded.get("decoder.1")!.hidden.arraySync() as number[][][],
    ) as [number[][][], number[][][], number[][][]];
    const readAt = inputs.tensors.readAt!.arraySync() as number[][];
    for (const [row, positions] of readAt.entries()) {
      for (const [position, last] of positions.entries()) {
        const seen = all[row]!.slice(0, last + 1).map(normed);
        const mean = normed(
          states[row]![position]!.map((_, at) => seen.reduce((sum, state) => sum + state[at]! / seen.length, 0)),
        );
        const found = both[row]![position]!;
        expect(found.slice(0, 8)).toEqual(states[row]![position]);
        for (const [channel, value] of found.slice(8).entries()) expect(value).toBeCloseTo(mean[channel]!, 5);
      }
    }
    for (const pass of [whole, only, withMean]) pass.dispose();
    model.dispose();
  });

  test.each([
    [[], [], ["lmHead.weight"]],
    [["decoder.1"], [], ["lmHead.weight"]],
    [["decoder.0.mix"], [], ["decoder.0.mix.weight", "decoder.1.mix.weight", "lmHead.weight"]],
    [[], ["decoder.1.mix.weight"], ["decoder.1.mix.weight", "lmHead.weight"]],
  ])(
    "with hooks at %j and %j unfrozen, the tape holds %j and no tensor of an earlier site",
    (hooks, unfrozen, reached) => {
      const model = testModel();
      const inputs = model.pad(rows);
      const pass = passOf(model, { hooks: new Map(hooks.map((name) => [name, twice])), unfrozen });
      const { value, gradients } = valueAndGradients(
        () => tf.sum(tf.square(model.readout(model.forward(inputs, pass), pass))),
        model.params,
      );
      const isReached = (name: string): boolean =>
        (gradients[name]!.dataSync() as Float32Array).some((each) => each !== 0);
      expect(Object.keys(gradients).filter(isReached)).toEqual(reached);
      tf.dispose([value, gradients as Record<string, tf.Tensor>]);
      model.dispose();
    },
  );

  test("frees everything but its result, and its recordings when it is disposed", () => {
    const model = testModel();
    const inputs = model.pad(rows);
    const before = [liveBytes().total, tf.memory().numTensors];
    const pass = passOf(model, { reads: ["decoder.embedding", "decoder.1"] });
    const { hidden, mask } = model.forward(inputs, pass);
    tf.dispose([hidden, mask]);
    expect(tf.memory().numTensors).toBe(before[1]! + 4);
    pass.dispose();
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
    model.dispose();
  });

  test("drops out in training alone, by the name of the place", async () => {
    const model = testModel();
    const inputs = model.pad(rows);
    const run = async (rate: number, training: boolean, seed: number) => {
      const intervention = { hooks: new Map(), unfrozen: [], reads: [] };
      const pass = new Pass(model, intervention, { ...context, training, random: seededRandom(seed) }, rate);
      return [...(await model.forward(inputs, pass).hidden.data())];
    };
    const plain = await run(0, true, 1);
    expect(await run(0.5, false, 1)).toEqual(plain);
    expect(await run(0.5, true, 1)).not.toEqual(plain);
    expect(await run(0.5, true, 1)).toEqual(await run(0.5, true, 1));
    expect(await run(0.5, true, 1)).not.toEqual(await run(0.5, true, 2));
    model.dispose();
  });

  test("refuses a site that the backbone has not published", () => {
    const model = testModel();
    expect(() => passOf(model).owned("decoder.9", () => tf.zeros([1]))).toThrow("no site named decoder.9");
    model.dispose();
  });
});
