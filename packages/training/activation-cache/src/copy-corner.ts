/** A row-major array, of which `at` is the first value. */
export interface Box {
  readonly values: Float32Array;
  readonly extents: readonly number[];
  readonly at: number;
}

/** Copies the leading `corner` of one array into the same corner of another; both are at least as large. */
export function copyCorner(corner: readonly number[], from: Box, to: Box): void {
  copyFrom(0, corner, from, from.at, to, to.at);
}

function copyFrom(axis: number, corner: readonly number[], from: Box, fromAt: number, to: Box, toAt: number): void {
  const [fromStride, toStride] = [strideOf(axis, from), strideOf(axis, to)];
  if (fromStride === toStride && fromStride === strideOf(axis, { extents: corner })) {
    to.values.set(from.values.subarray(fromAt, fromAt + corner[axis]! * fromStride), toAt);
    return;
  }
  for (let index = 0; index < corner[axis]!; index++)
    copyFrom(axis + 1, corner, from, fromAt + index * fromStride, to, toAt + index * toStride);
}

/** Values from one index of an axis to the next. */
function strideOf(axis: number, { extents }: Pick<Box, "extents">): number {
  let stride = 1;
  for (let inner = axis + 1; inner < extents.length; inner++) stride *= extents[inner]!;
  return stride;
}
