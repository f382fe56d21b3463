import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { engine } from "./engine.js";
import { storageOf } from "./storage.js";

/** What a live tensor buffer is for; every buffer has exactly one category. */
const byteCategories = ["backbone", "method", "gradients", "optimizer", "activations", "inputs"] as const;
export type ByteCategory = (typeof byteCategories)[number];

/** Live bytes by category, and their sum; `kept`: of the activations, those that a backward pass waits for. */
export type ByteSplit = Readonly<Record<ByteCategory | "total" | "kept", number>>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
const empty = (): Mutable<ByteSplit> => ({
  total: 0,
  backbone: 0,
  method: 0,
  gradients: 0,
  optimizer: 0,
  activations: 0,
  kept: 0,
  inputs: 0,
});

const categoryOf = new WeakMap<object, ByteCategory>(); // by data id: views of one buffer count once
const kept = new WeakSet<object>(); // data ids of activations that a backward pass waits for
const live = empty();
let peak = empty();
let current: ByteCategory = "activations";

function move(category: ByteCategory, bytes: number): void {
  live[category] += bytes;
  live.total += bytes;
  if (live.total > peak.total) peak = { ...live };
}

const { trackTensor, removeDataId } = engine;

engine.trackTensor = function (tensor, backend) {
  const isNew = !this.state.tensorInfo.has(tensor.dataId);
  trackTensor.call(this, tensor, backend);
  if (!isNew) return;
  categoryOf.set(tensor.dataId, current);
  const info = this.state.tensorInfo.get(tensor.dataId);
  if (info === undefined) return;
  info.bytes = storageOf(tensor)?.bytes ?? info.bytes; // the engine counts 4 bytes a value
  move(current, info.bytes);
};

engine.removeDataId = function (dataId, backend) {
  const bytes = this.state.tensorInfo.get(dataId)?.bytes ?? 0;
  removeDataId.call(this, dataId, backend);
  if (this.state.tensorInfo.has(dataId)) return;
  if (kept.has(dataId)) live.kept -= bytes;
  move(categoryOf.get(dataId) ?? "activations", -bytes);
};

/** Counts a buffer among the `kept`, if it is an activation's, until it is freed. */
export function countAsKept({ dataId }: Tensor): void {
  if (kept.has(dataId) || categoryOf.get(dataId) !== "activations") return;
  kept.add(dataId);
  live.kept += engine.state.tensorInfo.get(dataId)?.bytes ?? 0;
}

/** Runs `scope`; buffers allocated in it count as `category`. Scopes nest, the innermost wins. */
export function withByteCategory<T>(category: ByteCategory, scope: () => T): T {
  const before = current;
  current = category;
  try {
    return scope();
  } finally {
    current = before;
  }
}

/** Moves the buffer of a live tensor to another category. */
export function setByteCategory(tensor: Tensor, category: ByteCategory): void {
  const before = categoryOf.get(tensor.dataId);
  if (before === undefined || before === category) return;
  const bytes = engine.state.tensorInfo.get(tensor.dataId)?.bytes ?? 0;
  categoryOf.set(tensor.dataId, category);
  if (kept.delete(tensor.dataId)) live.kept -= bytes;
  live[before] -= bytes;
  live[category] += bytes;
}

/** Gives a variable another value, whose buffer then counts in the category of the one before. */
export function overwrite(variable: Tensor, value: Tensor): void {
  const category = categoryOf.get(variable.dataId);
  (variable as Variable).assign(value);
  if (category !== undefined) setByteCategory(variable, category);
}

/** Bytes held by tensors now, counted once per buffer. Exact on every device: it is the engine's own book-keeping. */
export function liveBytes(): ByteSplit {
  return { ...live };
}

/** The largest total since the last `resetPeakBytes`, with its split at that moment. */
export function peakBytes(): ByteSplit {
  return { ...peak };
}

/** Starts a new peak at what is live now. */
export function resetPeakBytes(): void {
  peak = { ...live };
}
