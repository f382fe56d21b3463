import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { attachForTest, openTestDevice } from "@petl/method-testkit";
import type { Activation } from "@petl/spec";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import unipt from "../src/index.js";

beforeAll(async () => {
  await openTestDevice();
});

const settings = unipt.parse({ zeroInit: false });
const classes = { kind: "classes", outputs: 3 } as const;
const rows = [
  { source: [5, 17, 3, 40, 22, 9], answer: [12, 30, 7] },
  { source: [8, 2, 11], answer: [4, 6, 9] },
];

/**
 * What the network says of two rows, by row and position, if the states of some sites differ at one token of each row. The backbone does
 * not run again, so that only what the network itself looks at counts.
 */
function said(stage: Parameters<typeof attachForTest>[0]) {
  const model = attachForTest(stage, unipt, settings);
  const inputs = model.backbone.pad(rows.map((row) => (stage.head === null ? row : { ...row, answer: [] })));
  const pass = model.pass(false, seededRandom(0));
  model.backbone.forward(inputs, pass);
  return (changed: RegExp, token: number): number[][][] => {
    const recorded = new Map(
      [...pass.recorded].map(([site, state]): [string, Activation] => {
        if (!changed.test(site)) return [site, state];
        const [, tokens, channels] = state.hidden.shape as [number, number, number];
        const bump = tf.cast(tf.oneHot(tf.tensor1d([token], "int32"), tokens), "float32");
        const ramp = tf.mul(tf.reshape(bump, [1, tokens, 1]), tf.reshape(tf.range(0, channels), [1, 1, channels]));
        return [site, { hidden: tf.add(state.hidden, ramp), mask: state.mask }];
      }),
    );
    const readOut = (state: Activation): Activation => model.backbone.readOut(state, inputs);
    return model.attachment.side!.forward(recorded, pass.context, readOut).arraySync() as number[][][];
  };
}

const nothing = /^$/;

describe("the states of a later token", () => {
  test("change nothing of what a decoder says at earlier ones, and change what it says from there on", () => {
    const of = said({ family: llama, head: null });
    const [before, after] = [of(nothing, 0), of(/^decoder/, 7)]; // the first row reads tokens 5 to 8, the second 2 to 5
    expect(after[0]!.slice(0, 2)).toEqual(before[0]!.slice(0, 2));
    expect(after[0]![2]).not.toEqual(before[0]![2]);
    expect(after[0]![3]).not.toEqual(before[0]![3]);
    expect(after[1]).toEqual(before[1]); // padding there
  });

  test("change nothing at earlier ones of an encoder-decoder's decoder", () => {
    const of = said({ family: t5, head: null });
    const [before, after] = [of(nothing, 0), of(/^decoder/, 2)];
    for (const row of [0, 1]) {
      expect(after[row]!.slice(0, 2)).toEqual(before[row]!.slice(0, 2));
      expect(after[row]![2]).not.toEqual(before[row]![2]);
    }
  });

  test("change what an encoder says at the first one", () => {
    const of = said({ family: bert, head: classes });
    expect(of(/^encoder/, 4)[0]).not.toEqual(of(nothing, 0)[0]);
  });
});

test("a source's tokens change what is said of every token of the answer, its padding changes nothing", () => {
  const of = said({ family: t5, head: null });
  const [before, after] = [of(nothing, 0), of(/^encoder/, 4)];
  for (const position of [0, 1, 2, 3]) expect(after[0]![position]).not.toEqual(before[0]![position]);
  expect(after[1]).toEqual(before[1]);
});

test("padding changes nothing of what an encoder says", () => {
  const of = said({ family: bert, head: classes });
  expect(of(/^encoder/, 4)[1]).toEqual(of(nothing, 0)[1]);
});
