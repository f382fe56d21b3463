import { type GpuKernel, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";
import { entry, groupsFor, type Program, threads } from "./program.js";

/** Words of a bit mask over the ids that a workgroup checks at a time. */
const words = threads / 32;

/**
 * One workgroup per segment and 128 channels: it checks 128 ids at a time, marks those of its segment, and adds their rows in
 * order. Without atomic float additions, the sum is the same every time.
 */
const program: Program = {
  name: "segmentSum",
  reads: ["dy", "ids: i32"],
  writes: ["result"],
  uniforms: ["rows: u32", "channels: u32", "segments: u32", "groupsOfSegment: u32"],
  source: `
var<workgroup> marks: array<atomic<u32>, ${words}>;
${entry(
  threads,
  `let segment = group / uniforms.groupsOfSegment;
  if (segment >= uniforms.segments) { return; }
  let channel = (group % uniforms.groupsOfSegment) * ${threads}u + local;
  let isChannel = channel < uniforms.channels;
  var sum = 0.0;
  for (var first = 0u; first < uniforms.rows; first += ${threads}u) {
    if (local < ${words}u) { atomicStore(&marks[local], 0u); }
    workgroupBarrier();
    let row = first + local;
    if (row < uniforms.rows && ids[row] == i32(segment)) { atomicOr(&marks[local / 32u], 1u << (local % 32u)); }
    workgroupBarrier();
    for (var word = 0u; word < ${words}u; word++) {
      var rest = atomicLoad(&marks[word]);
      while (rest != 0u) {
        let marked = first + word * 32u + countTrailingZeros(rest);
        if (isChannel) { sum += dy[marked * uniforms.channels + channel]; }
        rest &= rest - 1u;
      }
    }
    workgroupBarrier();
  }
  if (isChannel) { result[segment * uniforms.channels + channel] = sum; }`,
)}`,
};

function segmentSum(
  context: KernelContext,
  tensors: { readonly dy: TensorInfo; readonly ids: TensorInfo },
  shape: readonly number[],
  rows: number,
  channels: number,
): TensorInfo {
  const result = context.output(shape);
  const groupsOfSegment = Math.ceil(channels / threads);
  const uniforms = [rows, channels, shape[0]!, groupsOfSegment];
  context.run(program, { ...tensors, result }, uniforms, groupsFor(shape[0]! * groupsOfSegment));
  return result;
}

/** Sums the rows of `dy` by id -> (size, channels). */
export const embeddingGradient: GpuKernel = (context, { dy, ids }, { size }) => {
  const { rows, channels } = rowsOf(dy!);
  return segmentSum(context, { dy: dy!, ids: ids! }, [size as number, channels], rows, channels);
};

/** tfjs's own kernel adds in an order that changes from run to run. */
export const unsortedSegmentSum: GpuKernel = (context, { x, segmentIds }, { numSegments }) => {
  if (x!.dtype !== "float32") throw new Error(`webgpu unsortedSegmentSum: expected float32, got ${x!.dtype}; cast it`);
  const inner = x!.shape.slice(segmentIds!.shape.length);
  const shape = [numSegments as number, ...inner];
  return segmentSum(context, { dy: x!, ids: segmentIds! }, shape, sizeOf(segmentIds!.shape), sizeOf(inner));
};
