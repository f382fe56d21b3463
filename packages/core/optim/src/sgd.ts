import { type Tensor, tf, type Variable, withByteCategory } from "@petl/tensor";
import { zeroVariable } from "./adamw.js";
import { type Optimizer, required } from "./optimizer.js";

export interface SgdSettings {
  /** `v = momentum v + g; w = w - lr v`; 0 keeps no state. */
  readonly momentum?: number;
  /** Coupled, as in PyTorch's SGD: added to the gradient. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent with momentum, in PyTorch's form (the first velocity is the gradient itself). */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdSettings = {}): Optimizer {
  return {
    name: "sgd",
    init: (params) =>
      withByteCategory("optimizer", () => {
        const state: Record<string, Tensor> = {};
        if (momentum === 0) return state;
        for (const [name, param] of Object.entries(params)) state[`${name}.velocity`] = zeroVariable(param.shape);
        return state;
      }),
    update(state, { params, gradients, learningRate, scale, settings }) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const own = settings?.(name) ?? {};
        const decay = own.weightDecay ?? weightDecay;
        const param = required(params, name) as Variable;
        tf.tidy(() => {
          const scaled = scale === null ? gradient : tf.mul(gradient, scale);
          const decayed = decay === 0 ? scaled : tf.add(scaled, tf.mul(param, decay));
          let move: Tensor = decayed;
          if (momentum !== 0) {
            const velocity = required(state, `${name}.velocity`) as Variable;
            velocity.assign(tf.add(tf.mul(velocity, momentum), decayed));
            move = velocity;
          }
          param.assign(tf.sub(param, tf.mul(move, learningRate * (own.learningRateScale ?? 1))));
        });
      }
    },
  };
}
