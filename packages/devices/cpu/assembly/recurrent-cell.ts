import { bytes, int, pointer } from "./job";
import { loadPart, sigmoids, storePart, tanh, tanhs } from "./math";

// Units are rows. Every kernel begins with the same slots: fromInput, fromContext or 0, fromState or 0, inputBias, stateBias,
// state or 0, hidden. Gates are stacked in a row as in PyTorch.
//
// A row is computed in pieces of some channels, and a piece gate by gate: what its gates are is held in scratch memory, first
// the input part of each, then the state part of each.

const firstOwnSlot = 7;

/** Channels of a piece: whole groups of four vectors, which is what sigmoid and tanh are computed for. */
const pieceLength: i32 = 64;

function held(scratch: usize, index: i32): usize {
  return scratch + bytes(index * pieceLength);
}

function part(from: usize, count: i32): v128 {
  return count === 4 ? v128.load(from) : loadPart(from, count, 0);
}

function put(to: usize, count: i32, x: v128): void {
  if (count === 4) v128.store(to, x);
  else storePart(to, count, x);
}

/** `a + b + c` of `length` values; no a and no c where they are 0. */
function hold(a: usize, b: usize, c: usize, length: i32, to: usize): void {
  const rest = length & 3;
  for (const end = to + bytes(length - rest); to < end; to += 16) {
    let total = v128.load(b);
    if (a !== 0) {
      total = f32x4.add(v128.load(a), total);
      a += 16;
    }
    if (c !== 0) {
      total = f32x4.add(total, v128.load(c));
      c += 16;
    }
    v128.store(to, total);
    b += 16;
  }
  if (rest === 0) return;
  let total = loadPart(b, rest, 0);
  if (a !== 0) total = f32x4.add(loadPart(a, rest, 0), total);
  if (c !== 0) total = f32x4.add(total, loadPart(c, rest, 0));
  v128.store(to, total);
}

function offset(from: usize, at: usize): usize {
  return from === 0 ? 0 : from + at;
}

/** Both parts of each gate at a piece of a row, products, biases and the context's product added up. */
function holdGates(job: usize, gates: i32, row: i32, first: i32, length: i32, scratch: usize): void {
  const hidden = int(job, 6);
  for (let gate = 0; gate < gates; gate++) {
    const channel = bytes(gate * hidden + first);
    const at = (row as usize) * bytes(gates * hidden) + channel;
    const context = offset(pointer(job, 1), at);
    hold(pointer(job, 0) + at, pointer(job, 3) + channel, context, length, held(scratch, gate));
    hold(offset(pointer(job, 2), at), pointer(job, 4) + channel, 0, length, held(scratch, gates + gate));
  }
}

/** Adds the state part of the first `joined` of held gates to their input part. */
function joinParts(gates: i32, joined: i32, length: i32, scratch: usize): void {
  for (let gate = 0; gate < joined; gate++) {
    const input = held(scratch, gate);
    hold(input, held(scratch, gates + gate), 0, length, input);
  }
}

/** The state before; zeros at the first step. */
function before(job: usize, at: usize, count: i32): v128 {
  const state = pointer(job, 5);
  return state === 0 ? f32x4.splat(0) : part(state + at, count);
}

function slope(y: v128): v128 {
  return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
}

function tanhSlope(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
}

/** Holds a piece's reset gate as 0, its update gate as 1, its candidate as 2 and the candidate's state part as 5. */
function gruGates(job: usize, row: i32, first: i32, length: i32, scratch: usize): void {
  holdGates(job, 3, row, first, length, scratch);
  joinParts(3, 2, length, scratch);
  sigmoids(held(scratch, 0), length);
  sigmoids(held(scratch, 1), length);
  const candidate = held(scratch, 2);
  for (let at: usize = 0; at < bytes(length); at += 16) {
    const memory = f32x4.mul(v128.load(held(scratch, 0) + at), v128.load(held(scratch, 5) + at));
    v128.store(candidate + at, f32x4.add(v128.load(candidate + at), memory));
  }
  tanhs(candidate, length);
}

/** `h' = n + z (h - n)`. Own slot: new state. */
export function gruCell(job: usize, begin: i32, end: i32, scratch: usize): void {
  const hidden = int(job, 6);
  const y = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    for (let first = 0; first < hidden; first += pieceLength) {
      const length = min(pieceLength, hidden - first);
      gruGates(job, row, first, length, scratch);
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const here = bytes(row * hidden + first + i);
        const update = v128.load(held(scratch, 1) + bytes(i));
        const candidate = v128.load(held(scratch, 2) + bytes(i));
        const kept = f32x4.mul(update, f32x4.sub(before(job, here, count), candidate));
        put(y + here, count, f32x4.add(candidate, kept));
      }
    }
  }
}

/** Own slots: dy, gradients of the input part, of the state part, and of the state directly. */
export function gruCellGradient(job: usize, begin: i32, end: i32, scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const one = f32x4.splat(1);
  const dy = pointer(job, firstOwnSlot);
  const dState = pointer(job, firstOwnSlot + 3);
  for (let row = begin; row < end; row++) {
    for (let first = 0; first < hidden; first += pieceLength) {
      const length = min(pieceLength, hidden - first);
      gruGates(job, row, first, length, scratch);
      const gates = (row as usize) * 3 * width + bytes(first);
      const dInput = pointer(job, firstOwnSlot + 1) + gates;
      const dFromState = pointer(job, firstOwnSlot + 2) + gates;
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const at = bytes(i);
        const here = bytes(row * hidden + first + i);
        const reset = v128.load(held(scratch, 0) + at);
        const update = v128.load(held(scratch, 1) + at);
        const candidate = v128.load(held(scratch, 2) + at);
        const d = part(dy + here, count);
        const difference = f32x4.sub(before(job, here, count), candidate);
        const dUpdate = f32x4.mul(f32x4.mul(d, difference), slope(update));
        const dCandidate = f32x4.mul(f32x4.mul(d, f32x4.sub(one, update)), tanhSlope(candidate));
        const dReset = f32x4.mul(f32x4.mul(dCandidate, v128.load(held(scratch, 5) + at)), slope(reset));
        put(dInput + at, count, dReset);
        put(dInput + at + width, count, dUpdate);
        put(dInput + at + 2 * width, count, dCandidate);
        put(dFromState + at, count, dReset);
        put(dFromState + at + width, count, dUpdate);
        put(dFromState + at + 2 * width, count, f32x4.mul(dCandidate, reset));
        put(dState + here, count, f32x4.mul(d, update));
      }
    }
  }
}

/** Holds a piece's new state as 0. */
function rnnGates(job: usize, row: i32, first: i32, length: i32, scratch: usize): void {
  holdGates(job, 1, row, first, length, scratch);
  joinParts(1, 1, length, scratch);
  tanhs(held(scratch, 0), length);
}

/** `h' = tanh(i + h)`. Own slot: new state. */
export function rnnCell(job: usize, begin: i32, end: i32, scratch: usize): void {
  const hidden = int(job, 6);
  for (let row = begin; row < end; row++) {
    for (let first = 0; first < hidden; first += pieceLength) {
      const length = min(pieceLength, hidden - first);
      rnnGates(job, row, first, length, scratch);
      memory.copy(pointer(job, firstOwnSlot) + bytes(row * hidden + first), held(scratch, 0), bytes(length));
    }
  }
}

/** Own slots: dy, gradient of either part. */
export function rnnCellGradient(job: usize, begin: i32, end: i32, scratch: usize): void {
  const hidden = int(job, 6);
  const dy = pointer(job, firstOwnSlot);
  const dGates = pointer(job, firstOwnSlot + 1);
  for (let row = begin; row < end; row++) {
    for (let first = 0; first < hidden; first += pieceLength) {
      const length = min(pieceLength, hidden - first);
      rnnGates(job, row, first, length, scratch);
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const here = bytes(row * hidden + first + i);
        const state = v128.load(held(scratch, 0) + bytes(i));
        put(dGates + here, count, f32x4.mul(part(dy + here, count), tanhSlope(state)));
      }
    }
  }
}

/** Holds a piece's input gate as 0, its forget gate as 1, its candidate as 2 and its output gate as 3. */
function lstmGates(job: usize, row: i32, first: i32, length: i32, scratch: usize): void {
  holdGates(job, 4, row, first, length, scratch);
  joinParts(4, 4, length, scratch);
  sigmoids(held(scratch, 0), length);
  sigmoids(held(scratch, 1), length);
  tanhs(held(scratch, 2), length);
  sigmoids(held(scratch, 3), length);
}

/** `f c + i g` of held gates. */
function nextMemory(scratch: usize, at: usize, memoryBefore: v128): v128 {
  const fresh = f32x4.mul(v128.load(held(scratch, 0) + at), v128.load(held(scratch, 2) + at));
  return f32x4.add(f32x4.mul(v128.load(held(scratch, 1) + at), memoryBefore), fresh);
}

/** `c' = f c + i g`, `h' = o tanh(c')`; a state is `[h ; c]`. Own slot: new state. */
export function lstmCell(job: usize, begin: i32, end: i32, scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const y = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    for (let first = 0; first < hidden; first += pieceLength) {
      const length = min(pieceLength, hidden - first);
      lstmGates(job, row, first, length, scratch);
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const here = bytes(2 * row * hidden + first + i);
        const memory = nextMemory(scratch, bytes(i), before(job, here + width, count));
        put(y + here, count, f32x4.mul(v128.load(held(scratch, 3) + bytes(i)), tanh(memory)));
        put(y + here + width, count, memory);
      }
    }
  }
}

/** Own slots: dy, gradient of either part, gradient of the state directly, of which only the memory has one. */
export function lstmCellGradient(job: usize, begin: i32, end: i32, scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const dy = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    for (let first = 0; first < hidden; first += pieceLength) {
      const length = min(pieceLength, hidden - first);
      lstmGates(job, row, first, length, scratch);
      const dGates = pointer(job, firstOwnSlot + 1) + (row as usize) * 4 * width + bytes(first);
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const at = bytes(i);
        const input = v128.load(held(scratch, 0) + at);
        const forget = v128.load(held(scratch, 1) + at);
        const candidate = v128.load(held(scratch, 2) + at);
        const output = v128.load(held(scratch, 3) + at);
        const here = bytes(2 * row * hidden + first + i);
        const memoryBefore = before(job, here + width, count);
        const saturated = tanh(nextMemory(scratch, at, memoryBefore));
        const dHidden = part(dy + here, count);
        const through = f32x4.mul(f32x4.mul(dHidden, output), tanhSlope(saturated));
        const dMemory = f32x4.add(part(dy + here + width, count), through);
        put(dGates + at, count, f32x4.mul(f32x4.mul(dMemory, candidate), slope(input)));
        put(dGates + at + width, count, f32x4.mul(f32x4.mul(dMemory, memoryBefore), slope(forget)));
        put(dGates + at + 2 * width, count, f32x4.mul(f32x4.mul(dMemory, input), tanhSlope(candidate)));
        put(dGates + at + 3 * width, count, f32x4.mul(f32x4.mul(dHidden, saturated), slope(output)));
        const dState = pointer(job, firstOwnSlot + 2) + here;
        put(dState, count, f32x4.splat(0));
        put(dState + width, count, f32x4.mul(dMemory, forget));
      }
    }
  }
}
