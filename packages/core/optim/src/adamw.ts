import type { Projection } from "@petl/spec";
import { hasKernel, overwrite, runKernel, type Tensor, tf, type Variable, withByteCategory } from "@petl/tensor";
import { type Optimizer, required, type Tensors } from "./optimizer.js";

export interface AdamWSettings {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled: each step first shrinks a tensor by `learning rate * weight decay`. */
  readonly weightDecay?: number;
}

interface Step {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly step: number;
}

/**
 * AdamW: `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
 * `w = w (1 - lr wd) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`, in PyTorch's order of operations.
 *
 * One kernel a tensor, in place, where the device has it. Of a tensor with a projection `g` is the projected gradient, and what AdamW
 * would add goes back through the projection; the weights themselves decay. Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export function adamW({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWSettings = {}): Optimizer {
  return {
    name: "adamw",
    init: (params, settings) =>
      withByteCategory("optimizer", () => {
        const state: Record<string, Tensor> = {};
        for (const [name, { shape }] of Object.entries(params)) {
          const { projection } = settings?.(name) ?? {};
          for (const moment of moments) state[`${name}.${moment}`] = zeroVariable(projection?.shape ?? shape);
          for (const [part, ofPart] of Object.entries(projection?.state ?? {}))
            state[projected(name, part)] = zeroVariable(ofPart);
        }
        return state;
      }),
    update(state, { params, gradients, step, learningRate, scale, settings, updatesOf }) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const own = settings?.(name) ?? {};
        const param = required(params, name);
        const [mean, variance] = [required(state, `${name}.mean`), required(state, `${name}.variance`)];
        const by = {
          learningRate: learningRate * (own.learningRateScale ?? 1),
          beta1,
          beta2,
          epsilon,
          weightDecay: own.weightDecay ?? weightDecay,
          step: updatesOf?.(name) ?? step,
        };
        if (own.projection === undefined) apply({ param, gradient, mean, variance, scale }, by);
        else
          applyProjected(
            { param, gradient, mean, variance, scale },
            own.projection,
            projectionState(state, name, own.projection),
            by,
          );
      }
    },
  };
}

const moments = ["mean", "variance"];

/** A variable of zeros that owns its buffer. They are made on the device: `tf.zeros` would make them in host memory and copy them. */
function zeroVariable(shape: readonly number[]): Variable {
  const zeros = tf.fill([...shape], 0);
  const variable = tf.variable(zeros);
  zeros.dispose();
  return variable;
}

interface Arguments {
  readonly param: Tensor;
  readonly gradient: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly scale: Tensor | null;
}

function apply({ param, gradient, mean, variance, scale }: Arguments, by: Step): void {
  if (hasKernel("PetlAdamW")) {
    runKernel("PetlAdamW", { param, gradient, mean, variance, scale }, { ...by });
    return;
  }
  const { learningRate, beta1, beta2, epsilon, weightDecay } = by;
  tf.tidy(() => {
    const scaled = scale === null ? gradient : tf.mul(gradient, scale);
    overwrite(mean, tf.add(tf.mul(mean, beta1), tf.mul(scaled, 1 - beta1)));
    overwrite(variance, tf.add(tf.mul(variance, beta2), tf.mul(tf.square(scaled), 1 - beta2)));
    const root = tf.add(tf.div(tf.sqrt(variance), Math.sqrt(1 - beta2 ** by.step)), epsilon);
    const move = tf.mul(tf.div(mean, root), learningRate / (1 - beta1 ** by.step));
    overwrite(param, tf.sub(tf.mul(param, 1 - learningRate * weightDecay), move));
  });
}

/** AdamW on a tensor of zeros makes the move, which the projection takes back to the parameter. */
function applyProjected(
  { param, gradient, mean, variance, scale }: Arguments,
  projection: Projection,
  state: Tensors,
  by: Step,
): void {
  const move = zeroVariable(projection.shape);
  tf.tidy(() => {
    const scaled = scale === null ? gradient : tf.mul(gradient, scale);
    const projected = projection.project(scaled, state, by.step);
    apply({ param: move, gradient: projected, mean, variance, scale: null }, { ...by, weightDecay: 0 });
    const added = projection.back?.(move, state) ?? move;
    overwrite(param, tf.add(tf.mul(param, 1 - by.learningRate * by.weightDecay), added));
  });
  move.dispose();
}

/** Name in the optimizer's state of what a tensor's projection keeps. */
const projected = (name: string, part: string): string => `${name}.projection.${part}`;

function projectionState(state: Tensors, name: string, projection: Projection): Tensors {
  const parts = Object.keys(projection.state ?? {});
  return Object.fromEntries(parts.map((part) => [part, required(state, projected(name, part))]));
}
