import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";

/** The label of a position that counts for nothing. */
export const ignoredLabel = -100;

/**
 * Cross-entropy of softmax, by position: `loss_i = logsumexp(logits_i) - logits_i[label_i]` in nats, 0 where the label is -100.
 *
 * `logits` is (rows, classes), `labels` int32 (rows) -> (rows). Saves its inputs and the loss; probabilities are computed again backward.
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return differentiable(
    "softmaxCrossEntropy",
    { logits, labels },
    () => crossEntropyOf(logits, labels),
    (loss) => ({
      save: [logits, labels, loss],
      backward: (dy, [savedLogits, savedLabels, savedLoss]) => ({
        logits: () => crossEntropyGradient(dy, savedLogits!, savedLabels!, savedLoss!),
      }),
    }),
  );
}

/** The value of `softmaxCrossEntropy`, not differentiable. */
export function crossEntropyOf(logits: Tensor, labels: Tensor): Tensor {
  return kernelOr("PetlCrossEntropy", { logits, labels }, {}, () =>
    tf.neg(tf.sum(tf.mul(logSoftmax(logits), oneHot(labels, logits.shape[1]!)), -1)),
  );
}

/** The gradient of `softmaxCrossEntropy` with respect to the logits; `dy` and `loss` are (rows). */
export function crossEntropyGradient(dy: Tensor, logits: Tensor, labels: Tensor, loss: Tensor): Tensor {
  return kernelOr("PetlCrossEntropyGradient", { dy, logits, labels, loss }, {}, () => {
    const counted = tf.cast(tf.notEqual(labels, ignoredLabel), "float32");
    const difference = tf.sub(tf.softmax(logits), oneHot(labels, logits.shape[1]!));
    return tf.mul(difference, tf.reshape(tf.mul(dy, counted), [-1, 1]));
  });
}

function logSoftmax(logits: Tensor): Tensor {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

/** One-hot rows; an ignored label gives a row of zeros. */
function oneHot(labels: Tensor, classes: number): Tensor {
  return tf.cast(tf.equal(tf.reshape(labels, [-1, 1]), tf.range(0, classes, 1, "int32")), "float32");
}

/**
 * What label smoothing adds to `softmaxCrossEntropy`, by position: `smoothing (logits_i[label_i] - mean(logits_i))`, 0 where the
 * label is -100. The sum of both is the cross-entropy to `(1 - smoothing) onehot + smoothing / classes`.
 *
 * `logits` is (rows, classes), `labels` int32 (rows) -> (rows). Saves the labels. Szegedy et al. 2016, section 7,
 * https://arxiv.org/abs/1512.00567
 */
function smoothingTerm(logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const classes = logits.shape[1]!;
  return differentiable(
    "labelSmoothing",
    { logits, labels },
    () => smoothingOf(logits, labels, smoothing),
    () => ({
      save: [labels],
      backward: (dy, [savedLabels]) => ({ logits: () => smoothingGradient(dy, savedLabels!, classes, smoothing) }),
    }),
  );
}

/** The value of `smoothingTerm`, not differentiable. */
export function smoothingOf(logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  return tf.sum(tf.mul(logits, smoothingSlope(labels, logits.shape[1]!, smoothing)), -1);
}

/** The gradient of `smoothingTerm` with respect to the logits (rows, classes). */
export function smoothingGradient(dy: Tensor, labels: Tensor, classes: number, smoothing: number): Tensor {
  return tf.mul(smoothingSlope(labels, classes, smoothing), tf.reshape(dy, [-1, 1]));
}

function smoothingSlope(labels: Tensor, classes: number, smoothing: number): Tensor {
  const counted = tf.cast(tf.notEqual(labels, ignoredLabel), "float32");
  return tf.mul(tf.sub(oneHot(labels, classes), 1 / classes), tf.reshape(tf.mul(counted, smoothing), [-1, 1]));
}

/** How many labels count -> scalar. */
export function countOf(labels: Tensor): Tensor {
  return tf.sum(tf.cast(tf.notEqual(labels, ignoredLabel), "float32"));
}

/**
 * Mean of `softmaxCrossEntropy` over the positions whose label counts -> scalar; 0 if none does. `smoothing`, 0 to 1, is the
 * share of a label's probability that is spread over all classes, as in PyTorch's `cross_entropy`.
 */
export function meanCrossEntropy(logits: Tensor, labels: Tensor, smoothing = 0): Tensor {
  const counted = countOf(labels);
  const loss = softmaxCrossEntropy(logits, labels);
  const smoothed = smoothing === 0 ? loss : tf.add(loss, smoothingTerm(logits, labels, smoothing));
  return tf.div(tf.sum(smoothed), tf.maximum(counted, 1));
}
