import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { withByteCategory } from "./bytes.js";
import { atPlace } from "./place.js";
import { isTaping, type Operation, release, type Tape, withTape } from "./tape.js";

export interface ValueAndGradients {
  /** The scalar `f` returned. */
  readonly value: Tensor;
  /** Gradient of the value by the name given in `wanted`; absent where the value does not depend on that tensor. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  /** Names of the recorded operations in order: what the step had to differentiate. */
  readonly recorded: readonly string[];
}

/**
 * Value of `f` and its gradient with respect to each tensor of `wanted`.
 *
 * The caller owns (and disposes) the value and the gradients. Recording is on while `f` runs, except in `untaped` scopes.
 * `lossScale` multiplies every gradient and not the value: the walk back begins with it instead of 1.
 *
 * @throws Error if another gradient is being computed: higher-order gradients are not supported.
 */
export function valueAndGradients(
  f: () => Tensor,
  wanted: Readonly<Record<string, Tensor>>,
  lossScale = 1,
): ValueAndGradients {
  if (isTaping()) throw new Error("tape: expected no gradient under way, got a nested one; compute it outside");
  const tracked = new Set(Object.values(wanted).map((tensor) => tensor.id));
  const active: Tape = { nodes: [], tracked, paused: false, tracing: false, lossScale, start: null };
  let value: Tensor;
  try {
    value = withTape(active, () => tf.keep(tf.tidy(f)));
  } catch (error) {
    for (const node of active.nodes) release(node);
    throw error;
  }
  const recorded = active.nodes.map((node) => node.name);
  if (value.size !== 1) throw new Error(`tape: expected a scalar value, got shape [${value.shape}]`);
  const gradients = withByteCategory("gradients", () =>
    atPlace({ phase: "backward" }, () => backward(active, value, wanted)),
  );
  return { value, gradients, recorded };
}

/** Walks the tape from its end, freeing what each node saved and each gradient nobody asked for once it was used. */
function backward(active: Tape, value: Tensor, wanted: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const { nodes, lossScale } = active;
  const keepIds = new Set(Object.values(wanted).map((tensor) => tensor.id));
  const sums = new GradientSums();
  active.start = tf.keep(lossScale === 1 ? tf.onesLike(value) : tf.fill(value.shape, lossScale));
  sums.add(value, active.start);
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const dys = node.outputs.map((output) => sums.of(output));
    const isUsed = dys.some((dy) => dy !== null);
    if (isUsed && "unfold" in node) {
      const { unfold, site } = node;
      const unfolded = atPlace({ site }, () => unfold((id, original) => sums.alias(id, original)));
      release(node); // what was recorded just now has references of its own
      nodes.push(...unfolded);
      continue; // the gradients of its outputs are those of its last operations
    }
    if (isUsed && "gradient" in node) {
      const operation = node;
      const byInput = atPlace({ site: node.site }, () => tf.tidy(() => gradientsOf(operation, dys)));
      for (const [position, [, input]] of node.inputs.entries()) sums.add(input, byInput[position]!);
    }
    release(node);
    for (const output of node.outputs) if (!keepIds.has(output.id)) sums.drop(output);
  }
  if (!keepIds.has(value.id)) sums.drop(value);
  const gradients: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(wanted)) {
    const gradient = sums.of(tensor);
    if (gradient !== null) gradients[name] = gradient;
  }
  return gradients;
}

/** The gradient of each tensor as far as the walk has come. */
class GradientSums {
  readonly #sums = new Map<number, Tensor>();
  readonly #originals = new Map<number, number>();

  /** A tensor that was computed again is, from now on, the one it was computed as first. */
  alias(id: number, original: number): void {
    this.#originals.set(id, this.#original(original));
  }

  of({ id }: Tensor): Tensor | null {
    return this.#sums.get(this.#original(id)) ?? null;
  }

  /** Takes over `gradient`. */
  add({ id }: Tensor, gradient: Tensor): void {
    const original = this.#original(id);
    const before = this.#sums.get(original);
    if (before === undefined) {
      this.#sums.set(original, gradient);
      return;
    }
    this.#sums.set(original, tf.keep(tf.add(before, gradient)));
    before.dispose();
    gradient.dispose();
  }

  drop({ id }: Tensor): void {
    const original = this.#original(id);
    this.#sums.get(original)?.dispose();
    this.#sums.delete(original);
  }

  #original(id: number): number {
    return this.#originals.get(id) ?? id;
  }
}

/** A node's gradients, one for each of its tracked inputs. */
function gradientsOf(node: Operation, dys: readonly (Tensor | null)[]): Tensor[] {
  const lazy = node.gradient(dys);
  return node.inputs.map(([name, input]) => {
    const thunk = lazy[name];
    if (thunk === undefined) throw new Error(`tape: ${node.name} has no gradient for its input ${name}`);
    return tf.keep(own(tf.tidy(thunk), input, dys));
  });
}

/** A gradient function may hand back `dy` itself; give the map its own reference, so that each can be freed alone. */
function own(gradient: Tensor, input: Tensor, dys: readonly (Tensor | null)[]): Tensor {
  const shaped = gradient.shape.length === input.shape.length ? gradient : tf.reshape(gradient, input.shape);
  return dys.includes(shaped) || shaped.kept ? shaped.clone() : shaped;
}
