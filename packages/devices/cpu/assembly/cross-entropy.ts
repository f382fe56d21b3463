import { bytes, int, pointer } from "./job";
import { exp, loadPart, maxLanes, storePart, sumLanes } from "./math";

/** Natural logarithm, given by JavaScript. */
declare function log(x: f64): f64;

const ignored: i32 = -100;

function rowMax(x: usize, classes: i32): f32 {
  let top0 = f32x4.splat(-Infinity);
  let top1 = top0;
  let i = 0;
  for (; i + 8 <= classes; i += 8) {
    top0 = f32x4.pmax(top0, v128.load(x + bytes(i)));
    top1 = f32x4.pmax(top1, v128.load(x + bytes(i), 16));
  }
  for (; i + 4 <= classes; i += 4) top0 = f32x4.pmax(top0, v128.load(x + bytes(i)));
  if (i < classes) top1 = f32x4.pmax(top1, loadPart(x + bytes(i), classes - i, -Infinity));
  return maxLanes(f32x4.pmax(top0, top1));
}

/** `sum exp(x - top)`: by lane over 64 values, then in float64. */
function rowSumExp(x: usize, classes: i32, top: f32): f64 {
  const shift = f32x4.splat(top);
  let total: f64 = 0;
  let i = 0;
  while (i < classes) {
    const last = min(classes, i + 64);
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    for (; i + 8 <= last; i += 8) {
      sum0 = f32x4.add(sum0, exp(f32x4.sub(v128.load(x + bytes(i)), shift)));
      sum1 = f32x4.add(sum1, exp(f32x4.sub(v128.load(x + bytes(i), 16), shift)));
    }
    for (; i < last; i += 4) {
      const rest = last - i;
      const values = rest >= 4 ? v128.load(x + bytes(i)) : loadPart(x + bytes(i), rest, -Infinity);
      sum0 = f32x4.add(sum0, exp(f32x4.sub(values, shift)));
    }
    total += sumLanes(f32x4.add(sum0, sum1)) as f64;
  }
  return total;
}

/** `logsumexp(logits) - logits[label]`, NaN where a logit is NaN, 0 where the label is ignored. Units are rows. Slots: logits, labels, loss, classes. */
export function crossEntropy(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const classes = int(job, 3);
  for (let row = begin; row < end; row++) {
    const label = load<i32>(pointer(job, 1) + bytes(row));
    let loss: f64 = 0;
    if (label !== ignored) {
      const x = pointer(job, 0) + (row as usize) * bytes(classes);
      const top = rowMax(x, classes);
      const chosen: f32 = label >= 0 && label < classes ? load<f32>(x + bytes(label)) : NaN;
      loss = log(rowSumExp(x, classes, top)) + ((top as f64) - (chosen as f64));
    }
    store<f32>(pointer(job, 2) + bytes(row), loss as f32);
  }
}

/**
 * `dy (softmax(logits) - onehot(label))`, a row of zeros where ignored. Units are rows. Slots: dy, logits, labels, loss, dx, classes.
 *
 * The loss of a row is `logsumexp(logits) - logits[label]`, so one pass is enough.
 */
export function crossEntropyGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const classes = int(job, 5);
  for (let row = begin; row < end; row++) {
    const label = load<i32>(pointer(job, 2) + bytes(row));
    const dx = pointer(job, 4) + (row as usize) * bytes(classes);
    if (label === ignored) {
      memory.fill(dx, 0, bytes(classes));
      continue;
    }
    const x = pointer(job, 1) + (row as usize) * bytes(classes);
    const dy = load<f32>(pointer(job, 0) + bytes(row));
    const isKnown = label >= 0 && label < classes;
    const chosen: f32 = isKnown ? load<f32>(x + bytes(label)) : NaN;
    const logSum: f64 = (load<f32>(pointer(job, 3) + bytes(row)) as f64) + (chosen as f64);
    const high = logSum as f32; // and what float32 leaves of it
    const shift = f32x4.splat(high);
    const correction = f32x4.splat((logSum - (high as f64)) as f32);
    const scale = f32x4.splat(dy);
    let i = 0;
    for (; i + 4 <= classes; i += 4) {
      const logit = f32x4.sub(f32x4.sub(v128.load(x + bytes(i)), shift), correction);
      v128.store(dx + bytes(i), f32x4.mul(exp(logit), scale));
    }
    const rest = classes - i;
    if (rest > 0) {
      const logit = f32x4.sub(f32x4.sub(loadPart(x + bytes(i), rest, 0), shift), correction);
      storePart(dx + bytes(i), rest, f32x4.mul(exp(logit), scale));
    }
    if (isKnown) store<f32>(dx + bytes(label), load<f32>(dx + bytes(label)) - dy);
  }
}
