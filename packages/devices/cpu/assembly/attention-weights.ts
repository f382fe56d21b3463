import {
  blockedKeys,
  blockQueries,
  copyVisible,
  packAll,
  probabilities,
  roundUp8,
  rowLength,
  visibleKeys,
} from "./attention";
import { rectangle } from "./gemm";
import { bytes, float, int, pointer, threadIndex } from "./job";

// The two halves of `attention`, for whoever reads or changes what lies between: heads are read and written where they stand,
// beside each other in a token's channels. A unit is one (example, head of the keys and values), as there.

/**
 * Slots: query, key, bias or 0, mask, output (examples, heads, queries, keys), key heads, queries, keys, size, causal, room, its bytes
 * a thread, heads of the queries for each of the keys, scale.
 */
export function attentionWeights(job: usize, begin: i32, end: i32, scratch: usize): void {
  const keyHeads = int(job, 5);
  const queries = int(job, 6);
  const keys = int(job, 7);
  const size = int(job, 8);
  const isCausal = int(job, 9) === 1;
  const group = int(job, 12);
  const scale = float(job, 13);
  const heads = keyHeads * group;
  const width = heads * size;
  const keyWidth = keyHeads * size;
  const packedKeys = pointer(job, 10) + (threadIndex(scratch) as usize) * pointer(job, 11);
  const blocked = packedKeys + bytes(roundUp8(keys) * size);
  const scores = blocked + bytes(rowLength(keys));
  for (let unit = begin; unit < end; unit++) {
    const example = (unit / keyHeads) as usize;
    const keyHead = unit % keyHeads;
    const key = pointer(job, 1) + example * bytes(keys) * (keyWidth as usize) + bytes(keyHead * size);
    packAll(key, keyWidth, 1, keys, size, packedKeys);
    blockedKeys(pointer(job, 3) + example * bytes(keys), keys, blocked);
    for (let head = keyHead * group; head < (keyHead + 1) * group; head++) {
      const line = example * (heads as usize) + (head as usize);
      for (let first = 0; first < queries; first += blockQueries) {
        const count = min(blockQueries, queries - first);
        const row = example * (queries as usize) + (first as usize);
        const query = pointer(job, 0) + row * bytes(width) + bytes(head * size);
        const bias = pointer(job, 2) === 0 ? 0 : pointer(job, 2) + bytes(head * queries + first) * (keys as usize);
        const last = first + keys - queries;
        const visible = visibleKeys(keys, blocked, last, count, isCausal);
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
          isCausal,
          scores,
          scratch,
        );
        const to = pointer(job, 4) + (line * (queries as usize) + (first as usize)) * bytes(keys);
        for (let i = 0; i < count; i++) {
          copyVisible(scores + bytes(i * rowLength(visible)), visible, keys, to + (i as usize) * bytes(keys));
        }
      }
    }
  }
}

/**
 * Slots: weights (examples, heads, queries, keys), value, output, key heads, queries, keys, size, room, its bytes a thread, heads of the
 * queries for each of the values.
 */
export function applyAttention(job: usize, begin: i32, end: i32, scratch: usize): void {
  const keyHeads = int(job, 3);
  const queries = int(job, 4);
  const keys = int(job, 5);
  const size = int(job, 6);
  const group = int(job, 9);
  const heads = keyHeads * group;
  const width = heads * size;
  const keyWidth = keyHeads * size;
  const packedValues = pointer(job, 7) + (threadIndex(scratch) as usize) * pointer(job, 8);
  for (let unit = begin; unit < end; unit++) {
    const example = (unit / keyHeads) as usize;
    const keyHead = unit % keyHeads;
    const value = pointer(job, 1) + example * bytes(keys) * (keyWidth as usize) + bytes(keyHead * size);
    packAll(value, 1, keyWidth, size, keys, packedValues);
    for (let head = keyHead * group; head < (keyHead + 1) * group; head++) {
      const line = example * (heads as usize) + (head as usize);
      for (let first = 0; first < queries; first += blockQueries) {
        const count = min(blockQueries, queries - first);
        const weights = pointer(job, 0) + (line * (queries as usize) + (first as usize)) * bytes(keys);
        const to =
          pointer(job, 2) + (example * (queries as usize) + (first as usize)) * bytes(width) + bytes(head * size);
        rectangle(count, size, keys, weights, keys, 1, packedValues, keys, to, bytes(width), true, scratch);
      }
    }
  }
}
