import { hasKernel, runKernel, type Tensor, tf, type Variable, withByteCategory } from "@petl/tensor";
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
 * One kernel a tensor, in place, where the device has it. Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export function adamW({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWSettings = {}): Optimizer {
  return {
    name: "adamw",
    init: (params) =>
      withByteCategory("optimizer", () => {
        const state: Record<string, Tensor> = {};
        for (const [name, param] of Object.entries(params)) {
          for (const moment of ["mean", "variance"]) state[`${name}.${moment}`] = zeroVariable(param.shape);
        }
        return state;
      }),
    update(state, { params, gradients, step, learningRate, scale, settings }) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const own = settings?.(name) ?? {};
        apply(required(params, name), gradient, state, name, scale, {
          learningRate: learningRate * (own.learningRateScale ?? 1),
          beta1,
          beta2,
          epsilon,
          weightDecay: own.weightDecay ?? weightDecay,
          step,
        });
      }
    },
  };
}

/** A variable of zeros that owns its buffer. */
function zeroVariable(shape: readonly number[]): Variable {
  const zeros = tf.zeros([...shape]);
  const variable = tf.variable(zeros);
  zeros.dispose();
  return variable;
}

function apply(param: Tensor, gradient: Tensor, state: Tensors, name: string, scale: Tensor | null, step: Step): void {
  const [mean, variance] = [required(state, `${name}.mean`), required(state, `${name}.variance`)];
  if (hasKernel("PetlAdamW")) {
    runKernel("PetlAdamW", { param, gradient, mean, variance, scale }, { ...step });
    return;
  }
  const { learningRate, beta1, beta2, epsilon, weightDecay } = step;
  tf.tidy(() => {
    const scaled = scale === null ? gradient : tf.mul(gradient, scale);
    (mean as Variable).assign(tf.add(tf.mul(mean, beta1), tf.mul(scaled, 1 - beta1)));
    (variance as Variable).assign(tf.add(tf.mul(variance, beta2), tf.mul(tf.square(scaled), 1 - beta2)));
    const root = tf.add(tf.div(tf.sqrt(variance), Math.sqrt(1 - beta2 ** step.step)), epsilon);
    const move = tf.mul(tf.div(mean, root), learningRate / (1 - beta1 ** step.step));
    (param as Variable).assign(tf.sub(tf.mul(param, 1 - learningRate * weightDecay), move));
  });
}
