import type { PetlMethod } from "@petl/spec";
import { peakBytes, resetPeakBytes, seededRandom } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { makeBatch, Trainee, TunedModel } from "../src/index.js";
import { UpdateGradients } from "../src/step.js";
import { closingNorm, everything, openDevice, toyBackbone, toyTask } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

/** 288 positions of a vocabulary whose logits take 69 MB, more than are made at a time. */
const examples = toyTask().train.slice(0, 96);
const vocabularySize = 60_000;

/** The same method with a hook that changes no logit, so that all are made. */
const seeingLogits = (method: PetlMethod<null>): PetlMethod<null> => ({
  ...method,
  attach: (...given) => ({ ...method.attach(...given), hooks: new Map([["lmHead", (output) => output]]) }),
});

interface Options {
  readonly share?: number;
  readonly lossScale?: number;
}

async function update(method: PetlMethod<null>, { share = 1, lossScale = 1 }: Options) {
  const backbone = toyBackbone(1, { vocabularySize });
  const trainee = new Trainee(TunedModel.attach(backbone, method, null, seededRandom(0), { dropout: 0.1 }));
  const batch = makeBatch(examples, backbone);
  resetPeakBytes();
  const live = peakBytes().total;
  const made = new UpdateGradients(trainee, 1, lossScale);
  made.add({ batch, random: seededRandom(1), recordings: null, share });
  const bytes = peakBytes().total - live;
  made.apply({ learningRate: 1e-2, clipNorm: null });
  const [loss] = await made.losses[0]!.data();
  const weights = Object.values(trainee.model.trained).map((tensor) => tensor.dataSync() as Float32Array);
  trainee.dispose();
  backbone.dispose();
  return { loss, weights, bytes, inPieces: made.recorded.includes("linearCrossEntropy") };
}

const both = async (method: PetlMethod<null>, options: Options) =>
  [await update(method, options), await update(seeingLogits(method), options)] as const;

describe("a loss whose logits are made in pieces", () => {
  test.each<Options>([{}, { share: 0.25, lossScale: 1024 }])(
    "with a frozen head is bitwise that of all logits, with %j, and holds less",
    async (options) => {
      const [ours, whole] = await both(closingNorm, options);
      expect([ours.inPieces, whole.inPieces]).toEqual([true, false]);
      expect([ours.loss, ours.weights]).toEqual([whole.loss, whole.weights]);
      expect(ours.bytes).toBeLessThan(0.6 * whole.bytes);
    },
  );

  test("with a head that is trained, and is the table of tokens, is that of all logits to rounding", async () => {
    const [ours, whole] = await both(everything, {});
    expect([ours.inPieces, whole.inPieces]).toEqual([true, false]);
    expect(ours.loss).toBe(whole.loss);
    expect(ours.bytes).toBeLessThan(whole.bytes);
    for (const [index, values] of whole.weights.entries()) {
      const furthest = values.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - ours.weights[index]![at]!)),
        0,
      );
      expect(furthest).toBeLessThan(1e-3); // a tenth of the learning rate: AdamW's first move is the sign of a gradient
    }
  });
});
