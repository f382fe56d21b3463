import { rectangle } from "./gemm";
import { packPanel } from "./gemm-pack";
import { bytes, float, int, pointer, threadIndex } from "./job";
import { loadPart, maxLanes, multiplyAdd, storePart, sumLanes } from "./math";
import { normalizedPowers } from "./softmax";

// Attention of one head of one example at a time, 64 queries at a time: scores and probabilities live only in the calling
// thread's part of `room` and are computed again backward. A unit is one (example, head of the keys and values): it takes the
// heads of the queries that share those keys one after the other, so keys are packed once and their gradients added up in order.

export const blockQueries: i32 = 64;
const masked: f32 = -1e30;

/** Values of a row of scores: the keys, rounded up to whole vectors. */
export function rowLength(keys: i32): i32 {
  return (keys + 3) & ~3;
}

export function roundUp8(count: i32): i32 {
  return (count + 7) & ~7;
}

/** Packs `columns` columns (stride `across`) of `depth` rows (stride `along`) into panels of 8 columns. */
export function packAll(from: usize, across: i32, along: i32, columns: i32, depth: i32, to: usize): void {
  for (let j = 0; j < columns; j += 8) {
    packPanel(from + bytes(j) * (across as usize), across, along, min(8, columns - j), 8, depth, to + bytes(j * depth));
  }
}

/** What is added to the scores of each key of an example: 0, or -1e30 where it is padding. */
export function blockedKeys(mask: usize, keys: i32, to: usize): void {
  for (let j = 0; j < keys; j++) store<f32>(to + bytes(j), (1 - load<f32>(mask + bytes(j))) * masked);
}

/** Four scores of their products, with bias and padding added; keys after `last` are masked. */
function biased(products: v128, scale: v128, bias: v128, blocked: v128, key: i32, last: i32): v128 {
  const future = i32x4.gt_s(i32x4.add(i32x4.splat(key), i32x4(0, 1, 2, 3)), i32x4.splat(last));
  const sum = f32x4.add(f32x4.add(f32x4.mul(products, scale), bias), blocked);
  return v128.bitselect(f32x4.splat(masked), sum, future);
}

/** Softmax of the scores of one row of products, in place; appended padding changes nothing. */
function softmaxRow(row: usize, keys: i32, factor: f32, bias: usize, blocked: usize, last: i32): void {
  const rest = keys & 3;
  const whole = keys - rest;
  const scale = f32x4.splat(factor);
  let top = f32x4.splat(-Infinity);
  for (let j = 0; j < whole; j += 4) {
    const at = bytes(j);
    const b = bias === 0 ? f32x4.splat(0) : v128.load(bias + at);
    const s = biased(v128.load(row + at), scale, b, v128.load(blocked + at), j, last);
    v128.store(row + at, s);
    top = f32x4.pmax(top, s);
  }
  if (rest > 0) {
    const at = bytes(whole);
    const b = bias === 0 ? f32x4.splat(0) : loadPart(bias + at, rest, 0);
    const s = biased(loadPart(row + at, rest, 0), scale, b, loadPart(blocked + at, rest, 0), whole, last);
    storePart(row + at, rest, s);
    top = f32x4.pmax(top, loadPart(row + at, rest, -Infinity));
  }
  normalizedPowers(row, row, keys, maxLanes(top));
}

/**
 * How many keys a block of `count` queries can see, of which the first stands at `last`: a causal block sees those after its last query
 * at no time, so they are left out. Their weights are exactly 0, so that changes no bit, unless a query sees no key at all: with a
 * first key that is real, none does.
 */
export function visibleKeys(keys: i32, blocked: usize, last: i32, count: i32, causal: bool): i32 {
  return causal && last >= 0 && load<f32>(blocked) === 0 ? min(keys, last + count) : keys;
}

/** Probabilities of a block of queries, of `visible` of the keys: `softmax(scale q k^T + bias + blocked)`. */
export function probabilities(
  query: usize,
  count: i32,
  width: i32,
  size: i32,
  packedKeys: usize,
  keys: i32,
  visible: i32,
  scale: f32,
  bias: usize,
  blocked: usize,
  last: i32,
  causal: bool,
  to: usize,
  scratch: usize,
): void {
  const stride = bytes(rowLength(visible));
  rectangle(count, visible, size, query, width, 1, packedKeys, size, to, stride, true, scratch);
  for (let i = 0; i < count; i++) {
    const biasRow = bias === 0 ? 0 : bias + (i as usize) * bytes(keys);
    softmaxRow(to + (i as usize) * stride, visible, scale, biasRow, blocked, causal ? last + i : keys);
  }
}

/**
 * Slots: query, key, value, bias or 0, mask, output, key heads, queries, keys, size, causal, room, its bytes a thread, heads of the
 * queries for each of the keys, scale.
 */
export function attention(job: usize, begin: i32, end: i32, scratch: usize): void {
  const keyHeads = int(job, 6);
  const queries = int(job, 7);
  const keys = int(job, 8);
  const size = int(job, 9);
  const group = int(job, 13);
  const scale = float(job, 14);
  const heads = keyHeads * group;
  const width = heads * size;
  const keyWidth = keyHeads * size;
  const packedKeys = pointer(job, 11) + (threadIndex(scratch) as usize) * pointer(job, 12);
  const packedValues = packedKeys + bytes(roundUp8(keys) * size);
  const blocked = packedValues + bytes(keys * roundUp8(size));
  const scores = blocked + bytes(rowLength(keys));
  for (let unit = begin; unit < end; unit++) {
    const example = (unit / keyHeads) as usize;
    const keyHead = unit % keyHeads;
    const toKeys = (example * (keys as usize) * (keyWidth as usize) + ((keyHead * size) as usize)) << 2;
    packAll(pointer(job, 1) + toKeys, keyWidth, 1, keys, size, packedKeys);
    packAll(pointer(job, 2) + toKeys, 1, keyWidth, size, keys, packedValues);
    blockedKeys(pointer(job, 4) + example * bytes(keys), keys, blocked);
    for (let head = keyHead * group; head < (keyHead + 1) * group; head++) {
      const toQueries = (example * (queries as usize) * (width as usize) + ((head * size) as usize)) << 2;
      for (let first = 0; first < queries; first += blockQueries) {
        const count = min(blockQueries, queries - first);
        const at = toQueries + bytes(first) * (width as usize);
        const bias = pointer(job, 3) === 0 ? 0 : pointer(job, 3) + bytes(head * queries + first) * (keys as usize);
        const last = first + keys - queries;
        const causal = int(job, 10) === 1;
        const visible = visibleKeys(keys, blocked, last, count, causal);
        const query = pointer(job, 0) + at;
        const to = pointer(job, 5) + at;
        probabilities(
          query,
          count,
          width,
          size,
          packedKeys,
          keys,
          visible,
          scale,
          bias,
          blocked,
          last,
          causal,
          scores,
          scratch,
        );
        const stride = rowLength(visible);
        rectangle(count, size, visible, scores, stride, 1, packedValues, keys, to, bytes(width), true, scratch);
      }
    }
  }
}

/** `dScores = p (dP - sum(p dP))` of one row, over `dp`. */
function scoreGradientRow(p: usize, dp: usize, keys: i32): void {
  const rest = keys & 3;
  const whole = keys - rest;
  let sum = f32x4.splat(0);
  for (let j = 0; j < whole; j += 4) sum = multiplyAdd(v128.load(p + bytes(j)), v128.load(dp + bytes(j)), sum);
  if (rest > 0) {
    sum = multiplyAdd(loadPart(p + bytes(whole), rest, 0), loadPart(dp + bytes(whole), rest, 0), sum);
  }
  const total = f32x4.splat(sumLanes(sum));
  for (let j = 0; j < whole; j += 4) {
    const at = bytes(j);
    v128.store(dp + at, f32x4.mul(v128.load(p + at), f32x4.sub(v128.load(dp + at), total)));
  }
  if (rest > 0) {
    const at = bytes(whole);
    const d = f32x4.sub(loadPart(dp + at, rest, 0), total);
    storePart(dp + at, rest, f32x4.mul(loadPart(p + at, rest, 0), d));
  }
}

/** A row of `visible` keys, and zeros for the others. */
export function copyVisible(row: usize, visible: i32, keys: i32, to: usize): void {
  memory.copy(to, row, bytes(visible));
  if (visible < keys) memory.fill(to + bytes(visible), 0, bytes(keys - visible));
}

/** Zeros for one head of the keys `first` to `keys`, of which a token has `width` channels. */
function zeroKeys(keysOfHead: usize, first: i32, keys: i32, width: i32, size: i32): void {
  for (let key = first; key < keys; key++) memory.fill(keysOfHead + bytes(key) * (width as usize), 0, bytes(size));
}

/** A row times `scale`, in place, with what stands behind it up to a whole vector. */
function scaleRow(row: usize, count: i32, scale: v128): void {
  for (let i = 0; i < count; i += 4) v128.store(row + bytes(i), f32x4.mul(v128.load(row + bytes(i)), scale));
}

/**
 * Slots: query, key, value, bias or 0, mask, dy, key heads, queries, keys, size, causal, room, its bytes a thread,
 * dQuery, dKey, dValue, dScores (examples, heads, queries, keys) or 0, heads of the queries for each of the keys, scale.
 */
export function attentionGradient(job: usize, begin: i32, end: i32, scratch: usize): void {
  const keyHeads = int(job, 6);
  const queries = int(job, 7);
  const keys = int(job, 8);
  const size = int(job, 9);
  const group = int(job, 17);
  const scale = float(job, 18);
  const heads = keyHeads * group;
  const width = heads * size;
  const keyWidth = keyHeads * size;
  const packedKeys = pointer(job, 11) + (threadIndex(scratch) as usize) * pointer(job, 12);
  const packedValues = packedKeys + bytes(roundUp8(keys) * size);
  const keyColumns = packedValues + bytes(roundUp8(keys) * size);
  const queryColumns = keyColumns + bytes(keys * roundUp8(size));
  const dyColumns = queryColumns + bytes(blockQueries * roundUp8(size));
  const blocked = dyColumns + bytes(blockQueries * roundUp8(size));
  const p = blocked + bytes(rowLength(keys));
  const dp = p + bytes(blockQueries * rowLength(keys));
  const dScores = pointer(job, 16);
  for (let unit = begin; unit < end; unit++) {
    const example = (unit / keyHeads) as usize;
    const keyHead = unit % keyHeads;
    const toKeys = (example * (keys as usize) * (keyWidth as usize) + ((keyHead * size) as usize)) << 2;
    packAll(pointer(job, 1) + toKeys, keyWidth, 1, keys, size, packedKeys);
    packAll(pointer(job, 2) + toKeys, keyWidth, 1, keys, size, packedValues);
    packAll(pointer(job, 1) + toKeys, 1, keyWidth, size, keys, keyColumns);
    blockedKeys(pointer(job, 4) + example * bytes(keys), keys, blocked);
    for (let head = keyHead * group; head < (keyHead + 1) * group; head++) {
      const toQueries = (example * (queries as usize) * (width as usize) + ((head * size) as usize)) << 2;
      for (let first = 0; first < queries; first += blockQueries) {
        const count = min(blockQueries, queries - first);
        const at = toQueries + bytes(first) * (width as usize);
        const query = pointer(job, 0) + at;
        const dy = pointer(job, 5) + at;
        const bias = pointer(job, 3) === 0 ? 0 : pointer(job, 3) + bytes(head * queries + first) * (keys as usize);
        const last = first + keys - queries;
        const causal = int(job, 10) === 1;
        const visible = visibleKeys(keys, blocked, last, count, causal);
        const length = rowLength(visible);
        probabilities(
          query,
          count,
          width,
          size,
          packedKeys,
          keys,
          visible,
          scale,
          bias,
          blocked,
          last,
          causal,
          p,
          scratch,
        );
        rectangle(count, visible, size, dy, width, 1, packedValues, size, dp, bytes(length), true, scratch);
        for (let i = 0; i < count; i++) scoreGradientRow(p + bytes(i * length), dp + bytes(i * length), visible);
        if (dScores !== 0) {
          const row = (example * (heads as usize) + (head as usize)) * (queries as usize) + (first as usize);
          for (let i = 0; i < count; i++) {
            const to = dScores + (row + (i as usize)) * bytes(keys);
            copyVisible(dp + bytes(i * length), visible, keys, to);
          }
        }
        if (scale !== 1) scaleRow(dp, count * length, f32x4.splat(scale));
        packAll(query, 1, width, size, count, queryColumns);
        packAll(dy, 1, width, size, count, dyColumns);
        rectangle(
          count,
          size,
          visible,
          dp,
          length,
          1,
          keyColumns,
          keys,
          pointer(job, 13) + at,
          bytes(width),
          true,
          scratch,
        );
        const fresh = first === 0 && head === keyHead * group;
        if (fresh) {
          zeroKeys(pointer(job, 14) + toKeys, visible, keys, keyWidth, size);
          zeroKeys(pointer(job, 15) + toKeys, visible, keys, keyWidth, size);
        }
        for (let key = 0; key < visible; key += 64) {
          const rows = min(64, visible - key);
          const to = toKeys + bytes(key) * (keyWidth as usize);
          const dKey = pointer(job, 14) + to;
          const dValue = pointer(job, 15) + to;
          const stride = bytes(keyWidth);
          rectangle(rows, size, count, dp + bytes(key), 1, length, queryColumns, count, dKey, stride, fresh, scratch);
          rectangle(rows, size, count, p + bytes(key), 1, length, dyColumns, count, dValue, stride, fresh, scratch);
        }
      }
    }
  }
}

/** Adds examples one after the other: `y = [y +] sum of x`. Units are single values. Slots: x, y, examples, size, accumulate. */
export function addExamples(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const examples = int(job, 2);
  const stride = bytes(int(job, 3));
  const y = pointer(job, 1);
  for (let i = begin; i < end; i++) {
    let sum: f32 = int(job, 4) === 1 ? load<f32>(y + bytes(i)) : 0;
    let x = pointer(job, 0) + bytes(i);
    for (let example = 0; example < examples; example++) {
      sum += load<f32>(x);
      x += stride;
    }
    store<f32>(y + bytes(i), sum);
  }
}
