import { tf } from "@petl/tensor";
import { type CpuKernel, type KernelContext, sizeOf, type TensorInfo } from "./context.js";

interface Operand {
  readonly address: number;
  readonly transposed: boolean;
  readonly batch: readonly number[];
  readonly rows: number; // as stored
  readonly columns: number;
}

function operand(context: KernelContext, tensor: TensorInfo, transposed: boolean): Operand {
  const [rows, columns] = tensor.shape.slice(-2) as [number, number];
  return { address: context.address(tensor), transposed, batch: tensor.shape.slice(0, -2), rows, columns };
}

/** Rows and columns computed as one unit: enough units to share out, large enough to pack operands few times. */
const unitRows = 256;
const unitColumns = 512;

/** `op(a) op(b)` for the last two axes, the leading ones broadcast; every layout, float32. */
export const batchMatMul: CpuKernel = (context, inputs, { transposeA, transposeB }) => {
  const [first, second] = [inputs.a!, inputs.b!];
  if (first.dtype !== "float32" || second.dtype !== "float32") {
    throw new Error(`cpu matMul: expected float32 tensors, got ${first.dtype} and ${second.dtype}; cast them`);
  }
  const a = operand(context, first, transposeA === true);
  const b = operand(context, second, transposeB === true);
  const [rows, depth] = a.transposed ? [a.columns, a.rows] : [a.rows, a.columns];
  const [innerB, columns] = b.transposed ? [b.columns, b.rows] : [b.rows, b.columns];
  if (depth !== innerB) {
    throw new Error(`cpu matMul: expected equal inner extents, got [${first.shape}] and [${second.shape}]`);
  }
  const batch = tf.broadcast_util.assertAndGetBroadcastShape([...a.batch], [...b.batch]);
  const output = context.output([...batch, rows, columns]);
  const address = context.address(output);
  if (sizeOf(output.shape) === 0) return output;
  if (depth === 0) {
    context.backend.typedArrayFromHeap(output).fill(0);
    return output;
  }
  const product = (
    batches: number,
    offsetA: number,
    offsetB: number,
    offset: number,
    strideA: number,
    strideB: number,
  ) =>
    context.runner.run("gemm", batches * Math.ceil(rows / unitRows) * Math.ceil(columns / unitColumns), [
      ...[rows, columns, depth, unitRows, unitColumns],
      a.address + 4 * offsetA,
      ...(a.transposed ? [1, rows] : [depth, 1]),
      strideA,
      b.address + 4 * offsetB,
      ...(b.transposed ? [1, depth] : [columns, 1]),
      strideB,
      address + 4 * offset,
      rows * columns,
    ]);
  const [sizeA, sizeB] = [rows * depth, depth * columns];
  const total = sizeOf(batch);
  const [batchA, batchB] = [sizeOf(a.batch), sizeOf(b.batch)];
  if ([1, total].includes(batchA) && [1, total].includes(batchB)) {
    product(total, 0, 0, 0, batchA === 1 ? 0 : sizeA, batchB === 1 ? 0 : sizeB);
    return output;
  }
  for (let index = 0; index < total; index++) {
    const [atA, atB] = [broadcastIndex(index, batch, a.batch), broadcastIndex(index, batch, b.batch)];
    product(1, atA * sizeA, atB * sizeB, index * rows * columns, 0, 0);
  }
  return output;
};

/** Where element `index` of the broadcast shape `full` comes from in `part`. */
function broadcastIndex(index: number, full: readonly number[], part: readonly number[]): number {
  let [rest, from, stride] = [index, 0, 1];
  for (let axis = full.length - 1; axis >= full.length - part.length; axis--) {
    const extent = part[axis - full.length + part.length]!;
    if (extent > 1) from += (rest % full[axis]!) * stride;
    rest = Math.floor(rest / full[axis]!);
    stride *= extent;
  }
  return from;
}
