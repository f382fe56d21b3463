import { bytes, int, pointer } from "./job";
import { loadPart, sigmoid, storePart, tanh } from "./math";

// Units are rows. Every kernel begins with the same slots: fromInput, fromContext or 0, fromState or 0, inputBias, stateBias,
// state or 0, hidden. Gates are stacked in a row as in PyTorch.

const firstOwnSlot = 7;

function part(from: usize, count: i32): v128 {
  return count === 4 ? v128.load(from) : loadPart(from, count, 0);
}

function put(to: usize, count: i32, x: v128): void {
  if (count === 4) v128.store(to, x);
  else storePart(to, count, x);
}

/** Input part of a gate at `channel` of a row: product, bias, and the context's product. */
function fromInput(job: usize, row: usize, channel: usize, count: i32): v128 {
  const sum = f32x4.add(part(pointer(job, 0) + row + channel, count), part(pointer(job, 3) + channel, count));
  const context = pointer(job, 1);
  return context === 0 ? sum : f32x4.add(sum, part(context + row + channel, count));
}

/** State part of a gate: product and bias. */
function fromState(job: usize, row: usize, channel: usize, count: i32): v128 {
  const bias = part(pointer(job, 4) + channel, count);
  const product = pointer(job, 2);
  return product === 0 ? bias : f32x4.add(part(product + row + channel, count), bias);
}

function gate(job: usize, row: usize, channel: usize, count: i32): v128 {
  return f32x4.add(fromInput(job, row, channel, count), fromState(job, row, channel, count));
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

/** `h' = n + z (h - n)`. Own slot: new state. */
export function gruCell(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const y = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    const gates = (row as usize) * 3 * width;
    for (let i = 0; i < hidden; i += 4) {
      const count = min(4, hidden - i);
      const at = bytes(i);
      const reset = sigmoid(gate(job, gates, at, count));
      const update = sigmoid(gate(job, gates, at + width, count));
      const memory = f32x4.mul(reset, fromState(job, gates, at + 2 * width, count));
      const candidate = tanh(f32x4.add(fromInput(job, gates, at + 2 * width, count), memory));
      const to = (row as usize) * width + at;
      const kept = f32x4.mul(update, f32x4.sub(before(job, to, count), candidate));
      put(y + to, count, f32x4.add(candidate, kept));
    }
  }
}

/** Own slots: dy, gradients of the input part, of the state part, and of the state directly. */
export function gruCellGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const one = f32x4.splat(1);
  const dy = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    const gates = (row as usize) * 3 * width;
    const dInput = pointer(job, firstOwnSlot + 1) + gates;
    const dFromState = pointer(job, firstOwnSlot + 2) + gates;
    for (let i = 0; i < hidden; i += 4) {
      const count = min(4, hidden - i);
      const at = bytes(i);
      const reset = sigmoid(gate(job, gates, at, count));
      const update = sigmoid(gate(job, gates, at + width, count));
      const stateCandidate = fromState(job, gates, at + 2 * width, count);
      const inputCandidate = fromInput(job, gates, at + 2 * width, count);
      const candidate = tanh(f32x4.add(inputCandidate, f32x4.mul(reset, stateCandidate)));
      const here = (row as usize) * width + at;
      const d = part(dy + here, count);
      const difference = f32x4.sub(before(job, here, count), candidate);
      const dUpdate = f32x4.mul(f32x4.mul(d, difference), slope(update));
      const dCandidate = f32x4.mul(f32x4.mul(d, f32x4.sub(one, update)), tanhSlope(candidate));
      const dReset = f32x4.mul(f32x4.mul(dCandidate, stateCandidate), slope(reset));
      put(dInput + at, count, dReset);
      put(dInput + at + width, count, dUpdate);
      put(dInput + at + 2 * width, count, dCandidate);
      put(dFromState + at, count, dReset);
      put(dFromState + at + width, count, dUpdate);
      put(dFromState + at + 2 * width, count, f32x4.mul(dCandidate, reset));
      put(pointer(job, firstOwnSlot + 3) + here, count, f32x4.mul(d, update));
    }
  }
}

/** `h' = tanh(i + h)`. Own slot: new state. */
export function rnnCell(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const hidden = int(job, 6);
  const y = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    const gates = (row as usize) * bytes(hidden);
    for (let i = 0; i < hidden; i += 4) {
      const count = min(4, hidden - i);
      put(y + gates + bytes(i), count, tanh(gate(job, gates, bytes(i), count)));
    }
  }
}

/** Own slots: dy, gradient of either part. */
export function rnnCellGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const hidden = int(job, 6);
  const dy = pointer(job, firstOwnSlot);
  const dGates = pointer(job, firstOwnSlot + 1);
  for (let row = begin; row < end; row++) {
    const gates = (row as usize) * bytes(hidden);
    for (let i = 0; i < hidden; i += 4) {
      const count = min(4, hidden - i);
      const state = tanh(gate(job, gates, bytes(i), count));
      put(dGates + gates + bytes(i), count, f32x4.mul(part(dy + gates + bytes(i), count), tanhSlope(state)));
    }
  }
}

/** `c' = f c + i g`, `h' = o tanh(c')`; a state is `[h ; c]`. Own slot: new state. */
export function lstmCell(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const y = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    const gates = (row as usize) * 4 * width;
    for (let i = 0; i < hidden; i += 4) {
      const count = min(4, hidden - i);
      const at = bytes(i);
      const input = sigmoid(gate(job, gates, at, count));
      const forget = sigmoid(gate(job, gates, at + width, count));
      const candidate = tanh(gate(job, gates, at + 2 * width, count));
      const output = sigmoid(gate(job, gates, at + 3 * width, count));
      const to = (row as usize) * 2 * width + at;
      const kept = f32x4.mul(forget, before(job, to + width, count));
      const memory = f32x4.add(kept, f32x4.mul(input, candidate));
      put(y + to, count, f32x4.mul(output, tanh(memory)));
      put(y + to + width, count, memory);
    }
  }
}

/** Own slots: dy, gradient of either part, gradient of the state directly, of which only the memory has one. */
export function lstmCellGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const hidden = int(job, 6);
  const width = bytes(hidden);
  const dy = pointer(job, firstOwnSlot);
  for (let row = begin; row < end; row++) {
    const gates = (row as usize) * 4 * width;
    const dGates = pointer(job, firstOwnSlot + 1) + gates;
    for (let i = 0; i < hidden; i += 4) {
      const count = min(4, hidden - i);
      const at = bytes(i);
      const input = sigmoid(gate(job, gates, at, count));
      const forget = sigmoid(gate(job, gates, at + width, count));
      const candidate = tanh(gate(job, gates, at + 2 * width, count));
      const output = sigmoid(gate(job, gates, at + 3 * width, count));
      const here = (row as usize) * 2 * width + at;
      const memoryBefore = before(job, here + width, count);
      const memory = f32x4.add(f32x4.mul(forget, memoryBefore), f32x4.mul(input, candidate));
      const saturated = tanh(memory);
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
