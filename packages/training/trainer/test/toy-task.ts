import cpu from "@petl/device-cpu";
import { initialise, T5, type T5Config } from "@petl/family-t5";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import {
  type Answering,
  defaultSettings,
  type ScoredSets,
  type TaskData,
  type TokenizedExample,
  type TrainSettings,
} from "../src/index.js";

let device: ReturnType<typeof cpu.open> | undefined;
export const openDevice = (): ReturnType<typeof cpu.open> => {
  device ??= cpu.open();
  return device;
};

const config: T5Config = {
  vocabularySize: 40,
  modelWidth: 32,
  headWidth: 8,
  heads: 4,
  feedForwardWidth: 64,
  encoderLayers: 2,
  decoderLayers: 2,
  relativeBuckets: 8,
  relativeMaxDistance: 20,
  activation: "relu",
  tiedHead: true,
  normEpsilon: 1e-6,
  padId: 0,
  eosId: 1,
  decoderStartId: 0,
};

export const toyBackbone = (seed = 1, changes: Partial<T5Config> = {}): T5 => {
  const geometry = { ...config, ...changes };
  return new T5("toy", geometry, initialise(geometry, seededRandom(seed)));
};

/** How an answer in text is made. */
type TextAnswering = Exclude<Answering, { scoring: "head" }>;

/** "yes" and "no", which branch at the second token. */
export const yesOrNo: TextAnswering = {
  scoring: "trie",
  labels: [
    { text: "yes", ids: [2, 3, 1] },
    { text: "no", ids: [2, 4, 1] },
  ],
  parse: (text) => ({ yes: 0, no: 1 })[text],
  decode: (ids) => (ids.join(" ") === "2 3" ? "yes" : ids.join(" ") === "2 4" ? "no" : `? ${ids.join(" ")}`),
};

/** Does token 5 or token 6 stand in the text? The answer is the one or the other of `yesOrNo`. */
export function toyTask(train = 192, dev = 37, answering: Answering = yesOrNo): TaskData {
  const random = seededRandom(77);
  const example = (): { tokens: TokenizedExample; label: number } => {
    const noise = [...random.permutation(30)].slice(0, 3 + (random.permutation(8)[0] ?? 0)).map((id) => 10 + id);
    const label = random.permutation(2)[0]!;
    const source = [...noise.map((id) => Math.min(id, 39)), 5 + label, 1];
    return { tokens: { source, target: [2, 3 + label, 1] }, label };
  };
  const examples = Array.from({ length: train }, example);
  return {
    name: "toy",
    train: examples.map(({ tokens }) => tokens),
    answering,
    ...toySets(Array.from({ length: dev }, example)),
    test: null,
  };
}

function toySets(held: readonly { readonly tokens: TokenizedExample; readonly label: number }[]): ScoredSets {
  const size = held.length;
  return {
    evaluations: [
      { name: "dev", examples: held.map(({ tokens }) => tokens), references: held.map(({ label }) => label) },
    ],
    loss: () => null,
    score: ([predictions]) => {
      const right = predictions!.filter((prediction, index) => prediction === held[index]!.label).length;
      return {
        score: (100 * right) / size,
        metrics: { accuracy: right / size },
        invalid: predictions!.filter((p) => p === undefined).length,
        notices: [],
      };
    },
    interval: ([predictions], draw) => {
      const hits = draw(size, size).filter((row) => predictions![row] === held[row]!.label).length;
      return { low: (100 * hits) / size, high: (100 * hits) / size, level: 0, resamples: 1 };
    },
    constant: () => ({ answer: "yes", score: (100 * held.filter(({ label }) => label === 0).length) / size }),
  };
}

export const toySettings = (changes: Partial<TrainSettings> = {}): TrainSettings => ({
  ...defaultSettings,
  epochs: 2,
  batchSize: 16,
  learningRate: 3e-3,
  ...changes,
});

/** Trains every tensor of the backbone: enough of a method to test the loop with, without naming one. */
export const everything: PetlMethod<null> = {
  specVersion: "v1",
  name: "everything",
  paper: { title: "none", url: "https://example.org/" },
  parse: () => null,
  attach: ({ params }) => ({ params: {}, unfrozen: Object.keys(params), hooks: new Map() }),
};

/** Trains nothing but the closing norm. */
export const closingNorm: PetlMethod<null> = {
  ...everything,
  name: "closing-norm",
  attach: () => ({ params: {}, unfrozen: ["decoder.norm.weight"], hooks: new Map() }),
};
