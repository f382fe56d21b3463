import { Pass } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { initialise, T5, type T5Config } from "@petl/family-t5";
import { seededRandom, tf, tidy } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { reservedChannels } from "../src/repetition.js";
import { warmStart } from "../src/warm-start.js";
import { smallT5 } from "./small-t5.js";

beforeAll(async () => {
  await cpu.open();
});

const config: T5Config = {
  ...smallT5({
    vocabularySize: 64,
    modelWidth: 64,
    headWidth: 8,
    heads: 8,
    feedForwardWidth: 48,
    encoderLayers: 2,
    decoderLayers: 1,
  }),
  ...{ relativeBuckets: 32, relativeMaxDistance: 128 },
};

/** Each word is followed by one of three, so that every word has a company of its own. */
function text(length: number): Uint16Array {
  const draws = seededRandom(5).integers(length, 3);
  let word = 0;
  return Uint16Array.from(draws, (draw) => {
    word = (word * 7 + 1 + draw * 11) % 62;
    return 2 + word;
  });
}

/** What the encoder says in the channel kept for repetition, per token. */
function repeated(model: T5, tokens: readonly number[]): Float32Array {
  const encoded = tidy(() => {
    const nothing = { hooks: new Map(), unfrozen: [], reads: [] };
    const context = { params: {}, training: false, random: seededRandom(0) };
    const pass = new Pass(model, nothing, context, 0);
    return model.encode(tf.tensor2d([[...tokens]], undefined, "int32"), tf.ones([1, tokens.length]), pass).hidden;
  });
  const { repeated } = reservedChannels(model, 4);
  const values = Float32Array.from(tokens, (_, at) => encoded.dataSync()[at * config.modelWidth + repeated]!);
  encoded.dispose();
  return values;
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("a warm encoder tells a text whose second half repeats the first from one of other words", () => {
  const model = new T5("warm", config, initialise(config, seededRandom(1)));
  warmStart(model, { tokens: text(20_000), files: [] }, seededRandom(2));
  for (const seed of [0, 1, 2, 3]) {
    const words = Array.from(seededRandom(seed).permutation(62), (word) => 2 + word);
    const [first, other] = [words.slice(0, 10), words.slice(10, 20)];
    const again = mean(repeated(model, [...first, ...[...first].reverse()]));
    const fresh = mean(repeated(model, [...first, ...other]));
    expect(again).toBeGreaterThan(2 * fresh);
  }
  model.dispose();
});

test("a model without a gate, or without room, keeps no channel for it", () => {
  for (const small of [{ activation: "relu" as const }, { modelWidth: 16 }, { heads: 4 }]) {
    const geometry = { ...config, ...small };
    const model = new T5("small", geometry, initialise(geometry, seededRandom(1)));
    expect(reservedChannels(model, 4)).toEqual({ heads: [], repeated: 0, found: 0, content: 1 });
    model.dispose();
  }
});
