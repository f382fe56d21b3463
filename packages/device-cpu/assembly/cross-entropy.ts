import { bytes, int, pointer } from "./job";
import { exp, loadPart, maxLanes, storePart } from "./math";

/** Natural logarithm, given by JavaScript. */
declare function log(x: f64): f64;

const ignored: i32 = -100;

function rowMax(x: usize, classes: i32): f32 {
  let top = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= classes; i += 4) top = f32x4.max(top, v128.load(x + bytes(i)));
  if (i < classes) top = f32x4.max(top, loadPart(x + bytes(i), classes - i, -Infinity));
  return maxLanes(top);
}

/** `sum exp(x - top)`, added up in float64. */
function rowSumExp(x: usize, classes: i32, top: f32): f64 {
  const shift = f32x4.splat(top);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let i = 0;
  for (; i < classes; i += 4) {
    const rest = classes - i;
    const values = rest >= 4 ? v128.load(x + bytes(i)) : loadPart(x + bytes(i), rest, -Infinity);
    const powers = exp(f32x4.sub(values, shift));
    low = f64x2.add(low, f64x2.promote_low_f32x4(powers));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(powers, powers, 2, 3, 0, 1)));
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** `logsumexp(logits) - logits[label]`, 0 where the label is ignored. Units are rows. Slots: logits, labels, loss, classes. */
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

/** `dy (softmax(logits) - onehot(label))`, a row of zeros where ignored. Units are rows. Slots: dy, logits, labels, dx, classes. */
export function crossEntropyGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const classes = int(job, 4);
  for (let row = begin; row < end; row++) {
    const label = load<i32>(pointer(job, 2) + bytes(row));
    const dx = pointer(job, 3) + (row as usize) * bytes(classes);
    if (label === ignored) {
      memory.fill(dx, 0, bytes(classes));
      continue;
    }
    const x = pointer(job, 1) + (row as usize) * bytes(classes);
    const dy = load<f32>(pointer(job, 0) + bytes(row));
    const top = rowMax(x, classes);
    const shift = f32x4.splat(top);
    const inverse: f64 = 1 / rowSumExp(x, classes, top);
    const scale = f32x4.splat(((dy as f64) * inverse) as f32);
    let i = 0;
    for (; i + 4 <= classes; i += 4) {
      v128.store(dx + bytes(i), f32x4.mul(exp(f32x4.sub(v128.load(x + bytes(i)), shift)), scale));
    }
    const rest = classes - i;
    if (rest > 0) {
      const values = f32x4.mul(exp(f32x4.sub(loadPart(x + bytes(i), rest, 0), shift)), scale);
      storePart(dx + bytes(i), rest, values);
    }
    if (label >= 0 && label < classes) store<f32>(dx + bytes(label), load<f32>(dx + bytes(label)) - dy);
  }
}
