import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { asParameter } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import t5 from "@petl/family-t5";
import { openTestDevice, referenceBatch, testMethod } from "@petl/method-testkit";
import { adamW } from "@petl/optim";
import { type Random, seededRandom, tf } from "@petl/tensor";
import { disposeBatch, Trainee, TunedModel, trainStep } from "@petl/trainer";
import { expect, test } from "vitest";
import lisa, { drawnLayers } from "../src/index.js";

// a key bias adds the same to every score of a query, which softmax takes out again; rotary positions turn it by the key's position
const hasZeroGradient = (param: string, { kind }: { kind: string }) =>
  kind !== "decoder" && param.endsWith(".key.bias");

testMethod(lisa, { config: { layers: 1, period: 2 }, hasZeroGradient });

test("each layer is drawn as often as any other, none twice at a time", () => {
  const random = seededRandom(5);
  const times = new Array<number>(6).fill(0);
  for (let period = 0; period < 6000; period++) {
    const drawn = drawnLayers(random.fork(period), 6, 2);
    expect(new Set(drawn).size).toBe(2);
    for (const layer of drawn) times[layer]!++;
  }
  for (const count of times) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(2000 * (2 / 3)));
});

test("six updates of three periods agree with PyTorch's", async () => {
  await openTestDevice();
  const file = fileURLToPath(new URL("./fixtures/lisa", import.meta.url));
  const about = JSON.parse(readFileSync(`${file}.json`, "utf8"));
  const stored = readSafetensors(`${file}.safetensors`);
  const geometry = t5.config.parse(about.config);
  const theirs = stored.names().flatMap((name) => (name.startsWith("base.") ? [name.slice(5)] : []));
  const names = [...t5.stored(geometry, new Set(theirs)).names];
  const read = (name: string) => tf.tensor(stored.read(name), [...stored.info(name).shape]);
  const params = Object.fromEntries(names.map(([name, stored]) => [name, asParameter(read(`base.${stored}`))]));
  const backbone = t5.build("reference", geometry, params);
  const drawing = {
    fork: (period: number) => ({
      permutation: (layers: number) => {
        const drawn: number[] = about.drawn[period];
        const rest = [...Array(layers).keys()].filter((layer) => !drawn.includes(layer));
        return Int32Array.from([...drawn, ...rest]);
      },
    }),
  } as unknown as Random;
  const model = TunedModel.attach(backbone, lisa, lisa.parse({ period: about.period }), drawing);
  const { lr, weight_decay, eps } = about.optimizer;
  const trainee = new Trainee(model, adamW({ weightDecay: weight_decay, epsilon: eps }));
  for (const [index, expected] of about.losses.entries()) {
    const batch = referenceBatch(stored, backbone);
    const settings = { step: index + 1, learningRate: lr, clipNorm: null };
    const { loss } = trainStep(trainee, batch, settings, seededRandom(1));
    expect(Math.abs((await loss.data())[0]! - expected) / expected, `loss of update ${index + 1}`).toBeLessThan(1e-5);
    disposeBatch(batch);
  }
  for (const [name, their] of names) {
    const [found, expected] = [await backbone.param(name).data(), stored.read(`after.${their}`)];
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const furthest = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at]!)), 0);
    expect(furthest / largest, name).toBeLessThan(1e-5);
  }
});
