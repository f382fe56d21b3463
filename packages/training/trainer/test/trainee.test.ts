import cpu from "@petl/device-cpu";
import type { Attachment } from "@petl/spec";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { Trainee, TunedModel } from "../src/index.js";
import { everything, toyBackbone } from "./toy-task.js";

beforeAll(async () => {
  await cpu.open();
});

const names = ["encoder.0.feedforward.input.weight", "encoder.1.feedforward.input.weight"] as const;

/** Trains the one, both, then the other, two updates each. */
const turns = [[names[0]], [names[0]], names, names, [names[1]], [names[1]]];

function attached(part: Partial<Attachment> = {}): TunedModel {
  const attachment = { params: {}, unfrozen: names, hooks: new Map(), ...part };
  return TunedModel.attach(toyBackbone(), { ...everything, attach: () => attachment }, null, seededRandom(0));
}

const moving = (): TunedModel => attached({ trainedIn: (update) => turns[update - 1] ?? names });

describe("the optimizer's state", () => {
  test("is that of what is trained, and what stays keeps its moments", () => {
    const trainee = new Trainee(moving());
    const held = (): string[] => Object.keys(trainee.state).filter((name) => name.endsWith(".mean"));
    const seen = turns.map((_, index) => {
      expect(Object.keys(trainee.begin(index + 1))).toEqual(turns[index]);
      return held().length;
    });
    expect(seen).toEqual([1, 1, 2, 2, 1, 1]);
    expect(held()).toEqual([`${names[1]}.mean`]);
    const before = tf.memory().numTensors;
    trainee.dispose();
    expect(tf.memory().numTensors).toBe(before - 2);
  });

  test("after a stop is that of the last update, and counts on", () => {
    for (const made of [1, 3, 4, 5, 6]) {
      const [whole, later] = [new Trainee(moving()), new Trainee(moving(), undefined, made)];
      for (let step = 1; step <= made; step++) whole.begin(step);
      expect(Object.keys(later.state)).toEqual(Object.keys(whole.state));
      const updates = [whole, later].map((trainee) => {
        const counted: Record<string, number> = {};
        const { optimizer } = trainee;
        trainee.begin(made + 1);
        optimizer.update = (_, { updatesOf }) => {
          for (const name of Object.keys(trainee.model.trainedIn(made + 1))) counted[name] = updatesOf!(name);
        };
        trainee.update({}, { step: made + 1, learningRate: 0, scale: null });
        return counted;
      });
      expect(updates[0]).toEqual(updates[1]);
    }
  });
});

describe("an attachment is refused in one line", () => {
  const refused: readonly (readonly [what: string, part: () => Partial<Attachment>, message: RegExp])[] = [
    [
      "hooks of a site",
      () => ({ hooks: new Map([["no.such", (output) => output]]) }),
      /hooks no\.such, which is no site/,
    ],
    [
      "hooks of an input",
      () => ({ inputHooks: new Map([["encoder.0", (input) => input]]) }),
      /readout, got encoder\.0$/,
    ],
    ["a late read", () => ({ reads: ["encoder.1"] }), /before encoder\.0\.feedforward\.input, .+, got encoder\.1$/],
    ["an unknown read", () => ({ reads: ["encoder.9"] }), /reads encoder\.9/],
    [
      "a side network",
      () => ({ side: { reads: [], enters: "encoder.0", forward: () => tf.zeros([1]) } }),
      /got encoder\.0$/,
    ],
    ["an unfrozen tensor", () => ({ unfrozen: ["nobody.weight"] }), /unfreezes nobody\.weight/],
    ["a name", () => ({ params: { [names[0]]: tf.zeros([3]) } }), /already uses$/],
    ["a frozen tensor", () => ({ frozen: ["nobody"] }), /freezes nobody/],
    ["a trained tensor", () => ({ trainedIn: () => ["nobody"] }), /trains nobody in update 1/],
    [
      "a frozen one that is trained",
      () => ({ params: { a: tf.zeros([3]) }, frozen: ["a"], trainedIn: () => ["a"] }),
      /trains a in update 1/,
    ],
  ];
  test.each(refused)("for %s", (_, part, message) => {
    expect(() => attached(part())).toThrow(message);
    expect(() => attached(part())).toThrow(/^[^\n]+$/);
  });
});
