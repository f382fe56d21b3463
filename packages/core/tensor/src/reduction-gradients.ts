import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import "#gradients";
import type { ShapeOnly } from "./engine.js";

/** What every summand gets of the gradient `dy` of `x` summed: `dy` itself, repeated along the axes that were summed over. */
function spread(dy: Tensor, { shape }: ShapeOnly, attrs: tf.NamedAttrMap): Tensor {
  const summed = new Set(tf.util.parseAxisParam(attrs.axis as number | number[], shape));
  const kept = shape.map((size, at) => (summed.has(at) ? 1 : size));
  return tf.broadcastTo(tf.reshape(dy, kept), shape);
}

// tfjs multiplies a sum's gradient by ones of the shape of what was summed, which it makes in host memory and copies to the device at each
// step. Repeating gives the same bits without them.
tf.registerGradient({
  kernelName: tf.Sum,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({ x: () => spread(dy as Tensor, x!, attrs) }),
});
tf.registerGradient({
  kernelName: tf.Mean,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => tf.div(spread(dy as Tensor, x!, attrs), x!.size / (dy as Tensor).size),
  }),
});
