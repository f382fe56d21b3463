import { greedyDecode, type Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import type { Activation, Hook } from "@petl/spec";
import { liveBytes, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { Llama } from "../src/index.js";
import { expectClose } from "./reference.js";
import { adding, hooksOf, passOf, smallModel } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const sources = [
  [5, 17, 3, 40, 22, 9, 31],
  [8, 2],
  [30, 6, 19, 55],
];
const answers = [[12, 7, 44], [], [21, 4]];
const none = [[], [], []];
const tries = [none, answers, [[1], [2], [3]], [[4, 4], [5, 5, 5], [6]], answers];
const blocks = ["decoder.0", "decoder.1", "decoder.2"];
const reading = {
  nothing: { reads: [] },
  "a side network that treats each token apart": { reads: blocks, at: "positions" as const },
  "a side network that treats each token apart, and reads the mean of what it sees": {
    reads: ["decoder.embedding", ...blocks],
    at: "positions-with-mean" as const,
  },
  "a side network that reads all tokens": { reads: blocks },
};

/** The sources' prefill, of rows whose answers must not matter. */
function prefill(model: Llama, pass: Pass) {
  const inputs = model.pad(sources.map((source, row) => ({ source, answer: row === 0 ? [] : [50, 51, 52, 53, 1] })));
  const prefilled = model.prefill(inputs, pass);
  tf.dispose(Object.values(inputs.tensors));
  return prefilled;
}

/** What whole rows give: the state and the recordings. */
async function wholeOf(model: Llama, intervention: Pass["intervention"], tried: readonly number[][]) {
  const inputs = model.pad(sources.map((source, row) => ({ source, answer: tried[row]! })));
  const pass = passOf(model, intervention);
  const state = model.forward(inputs, pass);
  const read = async ({ hidden, mask }: Activation) => ({
    ...{ hidden: await hidden.data(), mask: await mask.data() },
    channels: hidden.shape[2]!,
  });
  const all = await Promise.all([state, ...pass.recorded.values()].map(read));
  const names = ["state", ...pass.recorded.keys()];
  pass.dispose();
  tf.dispose([state.hidden, ...Object.values(inputs.tensors)]);
  return new Map(names.map((name, index) => [name, all[index]!]));
}
type Whole = Awaited<ReturnType<typeof wholeOf>>;

/** The real tokens agree, row by row; how much padding there is does not matter. */
async function expectWhole(whole: Whole, state: Activation, pass: Pass): Promise<void> {
  for (const [name, expected] of whole) {
    const { hidden, mask } = name === "state" ? state : pass.recorded.get(name)!;
    const ours = { hidden: await hidden.data(), mask: await mask.data(), channels: hidden.shape[2]! };
    const values = tf.tensor1d(realValues(ours));
    await expectClose(values, realValues(expected), name);
    values.dispose();
  }
}

const realValues = ({
  hidden,
  mask,
  channels,
}: {
  hidden: ArrayLike<number>;
  mask: ArrayLike<number>;
  channels: number;
}) => Array.from(hidden).filter((_, cell) => mask[Math.floor(cell / channels)] === 1);

describe.each(Object.entries(hooksOf))("with %s", (_, hooks) => {
  test.each(Object.entries(reading))("and %s, answers after the sources read as in whole rows", async (_, reads) => {
    const model = smallModel();
    const intervention = { unfrozen: [], hooks, ...reads };
    const before = liveBytes();
    const pass = passOf(model, intervention);
    const prefilled = prefill(model, pass);
    for (const tried of tries) {
      const state = prefilled.after(tried, pass);
      await expectWhole(await wholeOf(model, intervention, tried), state, pass);
      tf.dispose([state.hidden, state.mask]);
    }
    prefilled.dispose();
    pass.dispose();
    expect(liveBytes()).toEqual(before);
    model.dispose();
  });

  test.each(Object.entries(reading).slice(0, 3))(
    "and %s, token after token reads as in whole rows",
    async (_, reads) => {
      const model = smallModel();
      const intervention = { unfrozen: [], hooks, ...reads };
      const pass = passOf(model, intervention);
      const before = liveBytes();
      const prefilled = prefill(model, pass);
      const longer = [
        [12, 7, 44, 3],
        [9, 1, 60, 2],
        [21, 4, 8, 8],
      ];
      for (const restarts of [false, true]) {
        for (let step = 0; step <= 4; step++) {
          const state = prefilled.next!(step === 0 ? null : longer.map((answer) => answer[step - 1]!), pass);
          const whole = await wholeOf(
            model,
            intervention,
            longer.map((answer) => answer.slice(0, step)),
          );
          await expectWhole(lastPosition(whole), state, pass);
          tf.dispose([state.hidden, state.mask]);
        }
        if (!restarts) tf.dispose(Object.values(prefilled.after(answers, pass))); // leaves what was written alone
      }
      prefilled.dispose();
      pass.dispose();
      expect(liveBytes()).toEqual(before);
      model.dispose();
    },
  );
});

const lastPosition = (whole: Whole): Whole =>
  new Map(
    [...whole].map(([name, { hidden, mask, channels }]) => {
      const positions = mask.length / sources.length;
      const last = sources.map((_, row) => (row + 1) * positions - 1);
      const values = last.flatMap((cell) => [...hidden.subarray(cell * channels, (cell + 1) * channels)]);
      return [
        name,
        { hidden: Float32Array.from(values), mask: Float32Array.from(last, (cell) => mask[cell]!), channels },
      ];
    }),
  );

test("what works on attention weights sees whole rows", async () => {
  const model = smallModel();
  const spread: Hook = ({ hidden, mask }) => ({ hidden: tf.mul(hidden, 0.9), mask });
  const intervention = { unfrozen: [], reads: [], hooks: new Map([["decoder.1.attention.weights", spread]]) };
  const pass = passOf(model, intervention);
  const prefilled = prefill(model, pass);
  expect(prefilled.next).toBeUndefined();
  for (const tried of tries) {
    const state = prefilled.after(tried, pass);
    await expectWhole(await wholeOf(model, intervention, tried), state, pass);
  }
});

test("attention weights that are only read where rows are read out are those rows of all", async () => {
  const model = smallModel();
  const site = "decoder.1.attention.weights";
  const inputs = model.pad(sources.map((source, row) => ({ source, answer: answers[row]! })));
  const [all, some] = (["tokens", "positions"] as const).map((at) => {
    const pass = passOf(model, { reads: [site], at });
    tf.dispose(model.forward(inputs, pass).hidden);
    return pass.recorded.get(site)!.hidden;
  });
  const [whole, read] = [(await all!.array()) as number[][][][], (await some!.array()) as number[][][][]];
  for (const [row, source] of sources.entries())
    for (const [head, ofHead] of read[row]!.entries())
      for (let position = 0; position <= answers[row]!.length; position++)
        expect(ofHead[position]).toEqual(whole[row]![head]![source.length - 1 + position]);
});

test("greedy decoding writes the same tokens with cached keys and values and without", async () => {
  const model = smallModel();
  const written = await Promise.all(
    [new Map<string, Hook>(), new Map([["decoder.0", adding("decoder.0", "output")]])].flatMap((hooks) =>
      [true, false].map(async (isCached) => {
        const pass = passOf(model, { hooks });
        const prefilled = prefill(model, pass);
        const { next: _, ...uncached } = prefilled;
        return greedyDecode(model, isCached ? prefilled : uncached, pass, 3, { maxTokens: 6 });
      }),
    ),
  );
  expect(written[0]).toEqual(written[1]);
  expect(written[2]).toEqual(written[3]);
  expect(written[0]).not.toEqual(written[2]);
});
