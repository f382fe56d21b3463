import { adamW } from "@petl/optim";
import * as petl from "@petl/tensor";
import { randomValues, seededRandom, type Tensor, tf, valueAndGradients } from "@petl/tensor";
import { readStored, storeWeight, type WeightFormat } from "@petl/weight-formats";

type Tensors = Readonly<Record<string, Tensor>>;

/** The same numbers on every device. */
function normal(shape: readonly number[], seed: number, deviation = 1): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    randomValues("normal", size, [seed, 7]).map((value) => deviation * value),
    [...shape],
  );
}

/** Value of an operation, and gradients of its weighted sum. */
function differentiated(operation: () => Tensor, wanted: Tensors): Tensors {
  const value = operation();
  const weights = normal(value.shape, 99);
  return { value, ...valueAndGradients(() => tf.sum(tf.mul(operation(), weights)), wanted).gradients };
}

function attention(batch: number, heads: number, queries: number, keys: number, size: number, plain: boolean): Tensors {
  const query = normal([batch, queries, heads * size], 20);
  const [key, value] = [normal([batch, keys, heads * size], 21), normal([batch, keys, heads * size], 22)];
  const bias = plain ? null : normal([heads, queries, keys], 23);
  const rows = Array.from({ length: batch }, (_, row) =>
    Array.from({ length: keys }, (_, index) => (index < Math.max(1, keys - 2 * row) ? 1 : 0)),
  );
  const mask = tf.tensor2d(rows, [batch, keys], plain ? "int32" : "float32");
  const shape = { heads, causal: !plain };
  return differentiated(() => petl.attention({ query, key, value, bias, mask }, shape), {
    ...{ query, key, value },
    ...(bias !== null && { bias }),
  });
}

/** Probabilities, and what they are applied to, where nothing needs their gradient. */
function attentionInParts(): Tensors {
  const [query, key, value] = [normal([2, 5, 12], 20), normal([2, 7, 12], 21), normal([2, 7, 12], 22)];
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [2, 7]);
  const weights = petl.attentionWeights({ query, key, bias: normal([3, 5, 7], 23), mask }, { heads: 3, causal: true });
  return { weights, applied: petl.applyAttention(weights, value, 3) };
}

/** Heads that share keys in groups, scaled, causal over earlier keys, with padding in the middle. */
function attentionInGroups(): Tensors {
  const [batch, queries, keys, heads, keyValueHeads, size] = [2, 5, 7, 6, 2, 4];
  const query = normal([batch, queries, heads * size], 20);
  const [key, value] = [21, 22].map((seed) => normal([batch, keys, keyValueHeads * size], seed)) as [Tensor, Tensor];
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0], [batch, keys]);
  const shape = { heads, keyValueHeads, scale: 0.3, causal: true };
  const inputs = { query, key, value, bias: null, mask };
  const weights = petl.attentionWeights(inputs, shape);
  return {
    ...differentiated(() => petl.attention(inputs, shape), { query, key, value }),
    ...{ weights, applied: petl.applyAttention(weights, value, heads, keyValueHeads) },
  };
}

function rotary(): Tensors {
  const [batch, tokens, heads, half] = [2, 5, 3, 7];
  const frequencies = Array.from({ length: half }, (_, index) => 10_000 ** (-index / half));
  const table = petl.rotaryTable(3000, frequencies);
  const ids = Array.from({ length: batch * tokens }, (_, index) => (index * 619) % 3000);
  const positions = tf.tensor2d(ids, [batch, tokens], "int32");
  const input = normal([batch, tokens, heads * 2 * half], 6);
  return { table, ...differentiated(() => petl.rotary(input, positions, table, heads), { x: input }) };
}

function gatherRows(): Tensors {
  const [input, indices] = [normal([2, 5, 33], 6), tf.tensor2d([4, 0, 4, 1, 1, 2], [2, 3], "int32")];
  return differentiated(() => petl.gatherRows(input, indices), { x: input });
}

function recurrentCell(cell: petl.RecurrentCellName, isFirst: boolean): Tensors {
  const { gates, stateParts } = petl.recurrentCells[cell];
  const [rows, hidden] = [5, 33];
  const part = (seed: number): Tensor => normal([rows, gates * hidden], seed, 2);
  const step = {
    ...{ inputBias: normal([gates * hidden], 4), stateBias: normal([gates * hidden], 5), fromInput: part(1) },
    fromContext: isFirst ? null : part(2),
    fromState: isFirst ? null : part(3),
    state: isFirst ? null : normal([rows, stateParts * hidden], 6),
  };
  const gradients = petl.recurrentCellGradient(cell, step, normal([rows, stateParts * hidden], 7));
  const { fromInput, fromState, state } = gradients;
  return { value: petl.recurrentCell(cell, step), fromInput, fromState, ...(state !== null && { state }) };
}

function product(transposeA: boolean, transposeB: boolean): Tensors {
  const a = normal(transposeA ? [3, 33, 5] : [3, 5, 33], 1) as tf.Tensor3D;
  const b = normal(transposeB ? [3, 7, 33] : [3, 33, 7], 2) as tf.Tensor3D;
  return differentiated(() => tf.matMul(a, b, transposeA, transposeB), { a, b });
}

/** Parameter and moments after three steps. */
function adamWSteps(): Tensors {
  const [param, gradient] = [tf.variable(normal([37], 12)), normal([37], 13)];
  const optimizer = adamW({ weightDecay: 0.1 });
  const state = optimizer.init({ param });
  for (const step of [1, 2, 3])
    optimizer.update(state, {
      params: { param },
      gradients: { param: gradient },
      ...{ step, learningRate: 0.01, scale: tf.scalar(0.5) },
    });
  return { param, ...state };
}

function crossEntropy(rows: number, classes: number): Tensors {
  const logits = normal([rows, classes], 4, 4);
  const ids = Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? petl.ignoredLabel : (row * 7) % classes));
  return differentiated(() => petl.softmaxCrossEntropy(logits, tf.tensor1d(ids, "int32")), { logits });
}

function crossEntropyInPieces(): Tensors {
  const [rows, classes] = [100, 130];
  const [hidden, weight] = [normal([rows, 20], 4), normal([classes, 20], 5)];
  const ids = Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? petl.ignoredLabel : (row * 7) % classes));
  const labels = tf.tensor1d(ids, "int32");
  const compute = () => petl.linearCrossEntropy({ hidden, weight, labels, rowsAtOnce: 37 });
  return differentiated(compute, { hidden, weight });
}

function embedding(): Tensors {
  const table = normal([7, 131], 6);
  const ids = tf.tensor2d(
    [Array.from({ length: 150 }, (_, index) => (index * 5 + (index >> 2)) % 7)],
    [1, 150],
    "int32",
  );
  return differentiated(() => petl.embedding(table, ids), { table });
}

function linear(): Tensors {
  const [x, weight, bias] = [normal([2, 9, 20], 1), normal([17, 20], 2), normal([17], 3)];
  return differentiated(() => petl.linear(x, weight, bias), { x, weight, bias });
}

/** A weight in few bits where the device keeps it so, else the values these stand for; its product, the gradient of that, and some rows. */
function stored(format: WeightFormat): Tensors {
  const [x, values] = [normal([2, 9, 64], 1), normal([17, 64], 2).dataSync() as Float32Array];
  const weight = storeWeight(values, [17, 64], format);
  const kept = petl.hasKernel("PetlStoreWeight")
    ? petl.storedWeight(format, weight.shape, () => weight.bytes)
    : tf.tensor(readStored(weight), [...weight.shape]);
  const rows = petl.embedding(kept, tf.tensor2d([[3, 16, 0]], [1, 3], "int32"));
  return { rows, ...differentiated(() => petl.linear(x, kept, normal([17], 3)), { x }) };
}

const x = (): Tensor => normal([2, 3, 133], 1, 3);
const of = (operation: (x: Tensor) => Tensor): Tensors => {
  const input = x();
  return differentiated(() => operation(input), { x: input });
};
const drawn = (distribution: "uniform" | "normal"): Tensors => ({ value: seededRandom(3)[distribution]([257]) });

/** Every fused operation, and what a step is made of besides: what it computes from fixed numbers, gradients included. */
export const operations: Readonly<Record<string, () => Tensors>> = {
  "rmsNorm, weighted": () => {
    const [input, weight] = [x(), normal([133], 2)];
    return differentiated(() => petl.rmsNorm(input, weight), { x: input, weight });
  },
  rmsNorm: () => of((input) => petl.rmsNorm(input)),
  relu: () => of(petl.relu),
  "relu with dropout": () => of((input) => petl.reluDropout(input, 0.3, seededRandom(8))),
  gelu: () => of(petl.gelu),
  "gated gelu": () => {
    const [gate, input] = [x(), normal([2, 3, 133], 2)];
    return differentiated(() => petl.gatedGelu(gate, input), { gate, x: input });
  },
  layerNorm: () => {
    const [input, weight, bias] = [x(), normal([133], 2), normal([133], 3)];
    return differentiated(() => petl.layerNorm(input, weight, bias, 1e-12), { x: input, weight, bias });
  },
  "gelu, exact": () => of(petl.geluErf),
  swiGlu: () => {
    const [gate, up] = [x(), normal([2, 3, 133], 2)];
    return differentiated(() => petl.swiGlu(gate, up), { gate, up });
  },
  rotary,
  "rows of each example": gatherRows,
  "squared error": () => {
    const [prediction, target] = [normal([9], 1), normal([9], 2)];
    return differentiated(() => petl.meanSquaredError(prediction, target), { prediction });
  },
  tanh: () => of(tf.tanh),
  dropout: () => of((input) => petl.dropout(input, 0.3, seededRandom(8))),
  "uniform numbers": () => drawn("uniform"),
  "normal numbers": () => drawn("normal"),
  "attention, causal, with bias": () => attention(2, 3, 5, 7, 4, false),
  "attention, plain": () => attention(2, 2, 13, 19, 18, true),
  "attention, weights and their use": attentionInParts,
  "attention, in groups": attentionInGroups,
  "cross-entropy": () => crossEntropy(5, 303),
  "cross-entropy of two classes": () => crossEntropy(5, 2),
  "cross-entropy of a linear layer in pieces": crossEntropyInPieces,
  embedding,
  linear,
  "linear and embedding, bf16": () => stored("bf16"),
  "linear and embedding, int8": () => stored("int8"),
  "linear and embedding, nf4 with quantised scales": () => stored("nf4+dq"),
  "linear and embedding, q4_0": () => stored("q4_0"),
  "column sums and sum of squares": () => {
    const input = normal([200, 70], 8);
    return { columns: petl.columnSum(input), squares: petl.sumOfSquares(input) };
  },
  "product A B": () => product(false, false),
  "product A^T B": () => product(true, false),
  "product A B^T": () => product(false, true),
  "product A^T B^T": () => product(true, true),
  ...Object.fromEntries(
    (Object.keys(petl.recurrentCells) as petl.RecurrentCellName[]).flatMap((cell) => [
      [`${cell}, first step`, () => recurrentCell(cell, true)],
      [`${cell}, later step`, () => recurrentCell(cell, false)],
    ]),
  ),
  "AdamW, three steps": adamWSteps,
};
