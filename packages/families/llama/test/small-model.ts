import { asParameter, type Intervention, Pass, type PassBackbone } from "@petl/backbone";
import type { Hook } from "@petl/spec";
import { linear, type Random, seededRandom, type Tensor, tf, withByteCategory } from "@petl/tensor";
import family, { Llama, type LlamaConfig } from "../src/index.js";

/** A small model none of whose tensors is trivial: norms near 1, biases and weights far from 0. */
export function smallModel(config: LlamaConfig = family.testConfig, seed = 0): Llama {
  const random = seededRandom(seed);
  const value = (name: string, shape: readonly number[]): Tensor => {
    const drawn = random.fork(name).normal([...shape], 0, 0.3);
    return name.toLowerCase().endsWith("norm.weight") ? tf.add(drawn, 1) : drawn;
  };
  const shapes = [...family.shapes(config)];
  const params = withByteCategory("backbone", () =>
    Object.fromEntries(shapes.map(([name, shape]) => [name, asParameter(tf.tidy(() => value(name, shape)))])),
  );
  return new Llama("small", config, params);
}

export const none: Intervention = { hooks: new Map(), unfrozen: [], reads: [] };

export const passOf = (
  model: PassBackbone,
  intervention: Partial<Intervention> = {},
  params: Record<string, Tensor> = {},
) => new Pass(model, { ...none, ...intervention }, { params, training: false, random: seededRandom(5) }, 0);

const random: Random = seededRandom(9);
const drawn = (name: string, shape: number[]): Tensor => random.fork(name).normal(shape, 0, 0.3);

/** Adds a linear function of what the site read, as LoRA does, or of its own output, as an adapter does. */
export const adding =
  (name: string, of: "input" | "output"): Hook =>
  (output, input) => {
    const from = of === "input" ? input.hidden : output.hidden;
    const weight = drawn(name, [output.hidden.shape[2]!, from.shape[2]!]);
    return { hidden: tf.add(output.hidden, linear(from, weight)), mask: output.mask };
  };

/** Puts tokens before those of the site, as prompts and prefixes do. */
const prepending =
  (name: string, tokens: number): Hook =>
  ({ hidden, mask }) => {
    const [rows, , channels] = hidden.shape as [number, number, number];
    const before = tf.tile(drawn(name, [1, tokens, channels]), [rows, 1, 1]);
    return { hidden: tf.concat([before, hidden], 1), mask: tf.concat([tf.ones([rows, tokens]), mask], 1) };
  };

const layers = Array.from({ length: family.testConfig.layers }, (_, layer) => layer);

/** Hooks of every kind of method, by its name. */
export const hooksOf: Readonly<Record<string, ReadonlyMap<string, Hook>>> = {
  "no hook": new Map(),
  "hooks as LoRA's": new Map(
    layers.flatMap((layer) =>
      ["query", "key", "value"].map((part) => {
        const site = `decoder.${layer}.attention.${part}`;
        return [site, adding(site, "input")] as const;
      }),
    ),
  ),
  "hooks as an adapter's": new Map(
    layers.flatMap((layer) =>
      ["attention", "feedforward"].map((part) => {
        const site = `decoder.${layer}.${part}`;
        return [site, adding(site, "output")] as const;
      }),
    ),
  ),
  "a prompt": new Map([["decoder.embedding", prepending("prompt", 3)]]),
  "prefixes of keys and values": new Map(
    layers.flatMap((layer) =>
      ["key", "value"].map((part) => {
        const site = `decoder.${layer}.attention.${part}`;
        return [site, prepending(site, 2)] as const;
      }),
    ),
  ),
  "a prompt, a prefix in one layer and an adapter": new Map([
    ["decoder.embedding", prepending("prompt", 2)],
    ["decoder.1.attention.key", prepending("key", 3)],
    ["decoder.1.attention.value", prepending("value", 3)],
    ["decoder.2", adding("decoder.2", "output")],
  ]),
};
