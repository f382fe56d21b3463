import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { withByteCategory } from "../bytes.js";
import { hasKernel, runKernel } from "../kernels.js";
import { atPlace } from "../place.js";
import { differentiable, needsGradient, recordingTape } from "../tape.js";
import { tidy } from "../tidy.js";
import { countOf, crossEntropyGradient, crossEntropyOf, smoothingGradient, smoothingOf } from "./cross-entropy.js";
import { linear, linearInputGradient } from "./linear.js";

/** Logits that are made at a time: so many bytes of them, and no fewer rows than a matrix product needs to be at its speed. */
const bytesAtOnce = 2 ** 26;
const leastRows = 256;

/**
 * Rows of logits that `linearCrossEntropy` should compute at a time: all, where their logits (rows, classes) fit into 64 MiB or are of 256
 * rows, or where the weight is trained on a device that cannot add to its gradient in place.
 */
export function rowsOfLogits(rows: number, weight: Tensor): number {
  const most = Math.max(leastRows, Math.floor(bytesAtOnce / (4 * weight.shape[0]!)));
  if (needsGradient(weight) && !hasKernel("PetlAddProduct")) return rows;
  return Math.ceil(rows / Math.ceil(rows / most)); // pieces of about one size
}

export interface LinearCrossEntropy {
  /** (rows, channels) */
  readonly hidden: Tensor;
  /** (classes, channels), stored or not. */
  readonly weight: Tensor;
  /** int32 (rows), -100 where a row counts for nothing. */
  readonly labels: Tensor;
  /** As in `meanCrossEntropy`. */
  readonly smoothing?: number;
  /** What the mean is multiplied by; default: 1. */
  readonly share?: number;
  /** Rows whose logits are computed at a time. */
  readonly rowsAtOnce: number;
}

/**
 * `share * meanCrossEntropy(linear(hidden, weight), labels, smoothing)` -> scalar, without the logits of all rows.
 *
 * The gradients of a piece are computed when its logits are there, on the way forward, so that no product is computed twice; they are all
 * that it saves. Liger Kernel, https://arxiv.org/abs/2410.10989, section 3.2, does the same. The loss and the gradient of `hidden` have the bits
 * of the operations above, on a device that computes rows independently of each other.
 */
export function linearCrossEntropy(input: LinearCrossEntropy): Tensor {
  const { hidden, weight, labels } = input;
  const active = recordingTape();
  const start = active?.lossScale ?? 1;
  const wanted = { hidden: needsGradient(hidden), weight: needsGradient(weight) };
  const gradients: Gradients = { hidden: null, weight: null };
  const loss = differentiable(
    "linearCrossEntropy",
    { hidden, weight, labels },
    () => inPieces(input, start, wanted, gradients),
    () => ({
      save: [gradients.hidden, gradients.weight].filter((gradient) => gradient !== null),
      backward: (dy, saved) => {
        // they are of a loss whose own gradient is `start`: another one is a factor
        const whole = (gradient: Tensor): Tensor =>
          dy === active?.start ? gradient : tf.mul(gradient, tf.div(dy, start));
        return { hidden: () => whole(saved[0]!), weight: () => whole(saved.at(-1)!) };
      },
    }),
  );
  tf.dispose([gradients.hidden, gradients.weight].filter((gradient) => gradient !== null)); // the tape has its own
  return loss;
}

interface Gradients {
  hidden: Tensor | null;
  weight: Tensor | null;
}

/** The loss; the gradients that are wanted, for a loss whose own is `start`, are put into `gradients` and kept. */
function inPieces(
  { hidden, weight, labels, smoothing = 0, share = 1, rowsAtOnce }: LinearCrossEntropy,
  start: number,
  wanted: Readonly<Record<keyof Gradients, boolean>>,
  gradients: Gradients,
): Tensor {
  const [rows, channels] = hidden.shape as [number, number];
  const counted = tf.maximum(countOf(labels), 1);
  const ofRow = tf.div(start * share, counted);
  const losses: Tensor[] = [];
  const ofHidden: Tensor[] = [];
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const size = Math.min(rowsAtOnce, rows - first);
    const piece = tidy(() => {
      const x = tf.slice(hidden, [first, 0], [size, channels]);
      const ofPiece = tf.slice(labels, [first], [size]);
      const logits = linear(x, weight);
      const loss = crossEntropyOf(logits, ofPiece);
      const smoothed = smoothing === 0 ? loss : tidy(() => tf.add(loss, smoothingOf(logits, ofPiece, smoothing)));
      const backward = (): Tensor | null => {
        const dy = tf.mul(tf.ones([size]), ofRow);
        const dLogits = gradientOfLogits({ dy, logits, labels: ofPiece, loss, smoothing });
        logits.dispose();
        if (wanted.weight) gradients.weight = addProduct(gradients.weight, dLogits, x);
        return wanted.hidden ? linearInputGradient(dLogits, weight) : null;
      };
      const isWanted = wanted.hidden || wanted.weight;
      const dx = isWanted ? withByteCategory("gradients", () => atPlace({ phase: "backward" }, backward)) : null;
      return { smoothed, dx };
    });
    losses.push(piece.smoothed);
    if (piece.dx !== null) ofHidden.push(piece.dx);
  }
  if (wanted.hidden) gradients.hidden = withByteCategory("gradients", () => tf.keep(tf.concat(ofHidden)));
  return tf.mul(tf.div(tf.sum(tf.concat(losses)), counted), share);
}

interface PieceOfLogits {
  readonly dy: Tensor;
  readonly logits: Tensor;
  readonly labels: Tensor;
  readonly loss: Tensor;
  readonly smoothing: number;
}

function gradientOfLogits({ dy, logits, labels, loss, smoothing }: PieceOfLogits): Tensor {
  return tidy(() => {
    const gradient = crossEntropyGradient(dy, logits, labels, loss);
    if (smoothing === 0) return gradient;
    const smoothed = tidy(() => smoothingGradient(dy, labels, logits.shape[1]!, smoothing));
    return tf.add(smoothed, gradient);
  });
}

/** `sum + a^T b`, in place where the device can; `a` is (rows, m), `b` (rows, n), `sum` (m, n) or null for zeros, and replaced. */
function addProduct(sum: Tensor | null, a: Tensor, b: Tensor): Tensor {
  if (sum !== null && hasKernel("PetlAddProduct")) {
    runKernel("PetlAddProduct", { sum, a, b }, {});
    return sum;
  }
  const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, false);
  if (sum === null) return tf.keep(product);
  const added = tf.keep(tf.add(sum, product));
  sum.dispose();
  return added;
}
