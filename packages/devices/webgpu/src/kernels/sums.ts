import { type GpuKernel, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";
import { entry, groupsFor, type Program, sumOverGroup, threads } from "./program.js";

/** Rows that one thread sums; sums of these blocks do not depend on later rows. */
const blockRows = 64;

const columnSums: Program = {
  name: "columnSums",
  reads: ["x"],
  writes: ["result"],
  uniforms: ["rows: u32", "channels: u32", "groupsOfBlock: u32"],
  source: entry(
    threads,
    `let block = group / uniforms.groupsOfBlock;
  let channel = (group % uniforms.groupsOfBlock) * ${threads}u + local;
  let first = block * ${blockRows}u;
  if (channel >= uniforms.channels || first >= uniforms.rows) { return; }
  var sum = 0.0;
  for (var row = first; row < min(first + ${blockRows}u, uniforms.rows); row++) {
    sum += x[row * uniforms.channels + channel];
  }
  result[block * uniforms.channels + channel] = sum;`,
  ),
};

/** Sum over the rows of `x`, viewed as (rows, channels) -> (channels): by blocks of rows, then blocks of these sums. */
export function sumRows(context: KernelContext, x: TensorInfo, rows: number, channels: number): TensorInfo {
  const blocks = Math.max(1, Math.ceil(rows / blockRows));
  const result = context.output(blocks === 1 ? [channels] : [blocks, channels]);
  const groupsOfBlock = Math.ceil(channels / threads);
  context.run(columnSums, { x, result }, [rows, channels, groupsOfBlock], groupsFor(blocks * groupsOfBlock));
  if (blocks === 1) return result;
  const sums = sumRows(context, result, blocks, channels);
  context.free(result);
  return sums;
}

export const columnSum: GpuKernel = (context, { x }) => {
  const { rows, channels } = rowsOf(x!);
  return sumRows(context, x!, rows, channels);
};

/** Values that one workgroup sums. */
const blockValues = 4096;

const blockSums = (name: string, value: string): Program => ({
  name,
  reads: ["x"],
  writes: ["result"],
  uniforms: ["size: u32"],
  source: `${sumOverGroup}
${entry(
  threads,
  `let first = group * ${blockValues}u;
  if (first >= uniforms.size) { return; }
  var sum = 0.0;
  for (var index = first + local; index < min(first + ${blockValues}u, uniforms.size); index += ${threads}u) {
    sum += ${value};
  }
  let total = groupSum(sum, local);
  if (local == 0u) { result[group] = total; }`,
)}`,
});
const squares = blockSums("sumOfSquares", "x[index] * x[index]");
const plain = blockSums("sum", "x[index]");

function sumAll(context: KernelContext, program: Program, x: TensorInfo): TensorInfo {
  const size = sizeOf(x.shape);
  const blocks = Math.max(1, Math.ceil(size / blockValues));
  const result = context.output(blocks === 1 ? [] : [blocks]);
  context.run(program, { x, result }, [size], groupsFor(blocks));
  if (blocks === 1) return result;
  const sum = sumAll(context, plain, result);
  context.free(result);
  return sum;
}

export const sumOfSquares: GpuKernel = (context, { x }) => sumAll(context, squares, x!);
