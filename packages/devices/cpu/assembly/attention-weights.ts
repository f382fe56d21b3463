import { blockedKeys, blockQueries, packAll, probabilities, roundUp8, rowLength } from "./attention";
import { rectangle } from "./gemm";
import { bytes, int, pointer, threadIndex } from "./job";

// The two halves of `attention`, for whoever reads or changes what lies between: heads are read and written where they stand,
// beside each other in a token's channels. A unit is one (example, head).

/** Slots: query, key, bias or 0, mask, output (examples, heads, queries, keys), heads, queries, keys, size, causal, room, its bytes a thread. */
export function attentionWeights(job: usize, begin: i32, end: i32, scratch: usize): void {
  const heads = int(job, 5);
  const queries = int(job, 6);
  const keys = int(job, 7);
  const size = int(job, 8);
  const width = heads * size;
  const isCausal = int(job, 9) === 1;
  const packedKeys = pointer(job, 10) + (threadIndex(scratch) as usize) * pointer(job, 11);
  const blocked = packedKeys + bytes(roundUp8(keys) * size);
  const scores = blocked + bytes(rowLength(keys));
  for (let unit = begin; unit < end; unit++) {
    const example = (unit / heads) as usize;
    const head = unit % heads;
    const channel = bytes(head * size);
    packAll(pointer(job, 1) + example * bytes(keys) * (width as usize) + channel, width, 1, keys, size, packedKeys);
    blockedKeys(pointer(job, 3) + example * bytes(keys), keys, blocked);
    for (let first = 0; first < queries; first += blockQueries) {
      const count = min(blockQueries, queries - first);
      const row = example * (queries as usize) + (first as usize);
      const query = pointer(job, 0) + row * bytes(width) + channel;
      const bias = pointer(job, 2) === 0 ? 0 : pointer(job, 2) + bytes(head * queries + first) * (keys as usize);
      const last = first + keys - queries;
      probabilities(query, count, width, size, packedKeys, keys, bias, blocked, last, isCausal, scores, scratch);
      const to = pointer(job, 4) + ((unit as usize) * (queries as usize) + (first as usize)) * bytes(keys);
      for (let i = 0; i < count; i++) {
        memory.copy(to + (i as usize) * bytes(keys), scores + bytes(i * rowLength(keys)), bytes(keys));
      }
    }
  }
}

/** Slots: weights (examples, heads, queries, keys), value, output, heads, queries, keys, size, room, its bytes a thread. */
export function applyAttention(job: usize, begin: i32, end: i32, scratch: usize): void {
  const heads = int(job, 3);
  const queries = int(job, 4);
  const keys = int(job, 5);
  const size = int(job, 6);
  const width = heads * size;
  const packedValues = pointer(job, 7) + (threadIndex(scratch) as usize) * pointer(job, 8);
  for (let unit = begin; unit < end; unit++) {
    const example = (unit / heads) as usize;
    const channel = bytes((unit % heads) * size);
    packAll(pointer(job, 1) + example * bytes(keys) * (width as usize) + channel, 1, width, size, keys, packedValues);
    for (let first = 0; first < queries; first += blockQueries) {
      const count = min(blockQueries, queries - first);
      const weights = pointer(job, 0) + ((unit as usize) * (queries as usize) + (first as usize)) * bytes(keys);
      const to = pointer(job, 2) + (example * (queries as usize) + (first as usize)) * bytes(width) + channel;
      rectangle(count, size, keys, weights, keys, 1, packedValues, to, bytes(width), true, scratch);
    }
  }
}
