import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import "#gradients";
import type { ShapeOnly } from "./engine.js";

/** What every summand gets of a sum's gradient `dy`: `dy` itself, repeated along the axes that were summed over. */
function spread(dy: Tensor, { shape }: ShapeOnly, axis: number | readonly number[]): Tensor {
  const summed = new Set(tf.util.parseAxisParam(axis as number | number[], shape));
  const kept = shape.map((size, at) => (summed.has(at) ? 1 : size));
  return tf.broadcastTo(tf.reshape(dy, kept), shape);
}

/**
 * tfjs multiplies a sum's gradient by ones of the shape of what was summed, which it makes in host memory and copies to the device at each
 * step. Repeating gives the same bits without them.
 */
function registerReductionGradients(): void {
  tf.registerGradient({
    kernelName: tf.Sum,
    inputsToSave: ["x"],
    gradFunc(dy, saved, attrs) {
      const { axis } = attrs as unknown as { axis: number | number[] };
      return { x: () => spread(dy as Tensor, saved[0]!, axis) };
    },
  });
  tf.registerGradient({
    kernelName: tf.Mean,
    inputsToSave: ["x"],
    gradFunc(dy, saved, attrs) {
      const { axis } = attrs as unknown as { axis: number | number[] };
      const [x] = saved as [Tensor];
      return { x: () => tf.div(spread(dy as Tensor, x, axis), x.size / (dy as Tensor).size) };
    },
  });
}

registerReductionGradients();
