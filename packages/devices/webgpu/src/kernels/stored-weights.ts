import { DeviceError, markStored, storageOf, type tf } from "@petl/tensor";
import { type WeightFormat, weightLayout } from "@petl/weight-formats";
import { refuseStored, storeBytes } from "../stored.js";
import { type GpuKernel, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";
import { entry, groupsFor, type Program, threads } from "./program.js";
import {
  codeValues,
  nameOfStored,
  placesOfScales,
  type StoredVariant,
  storedReads,
  storedUniforms,
  storedValues,
} from "./stored-values.js";

/** Values are counted in 32 bits. */
const mostValues = 2 ** 32;

/** A new stored weight: its bytes in one buffer. */
export const storeWeight: GpuKernel = ({ backend }, _inputs, attributes) => {
  const { format, shape, read } = attributes as { format: WeightFormat; shape: number[]; read: () => Uint8Array };
  const { bytes: expected } = weightLayout(format, sizeOf(shape));
  const { maxBufferSize, maxStorageBufferBindingSize } = backend.device.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize, weightLayout(format, mostValues).bytes);
  if (expected > most)
    throw new DeviceError(
      "E_DEVICE_MEMORY",
      `webgpu: expected weights of at most ${most} bytes (what this GPU binds at once), got one [${shape}] of ${expected} as ${format}; use fewer bits (--backbone-dtype) or --device cpu`,
    );
  const bytes = read();
  if (bytes.length !== expected)
    throw new Error(`webgpu: expected ${expected} bytes of a weight [${shape}] in ${format}, got ${bytes.length}`);
  const info = storeBytes(backend, shape, bytes);
  markStored(info.dataId, { format, bytes: expected });
  return info;
};

const formatOf = (weight: TensorInfo): WeightFormat => storageOf(weight)!.format;

/** What programs must know about a stored weight. */
export const storedVariant = (weight: TensorInfo): StoredVariant => ({
  format: formatOf(weight),
  wholeQuads: rowsOf(weight).channels % 4 === 0,
});

/** Tensors of the bindings `storedReads`. */
export const storedBindings = (context: KernelContext, weight: TensorInfo) => ({
  weight,
  codeValues: context.constant(codeValues),
});

/** Values of the uniforms `storedUniforms`. */
export const storedPlaces = (weight: TensorInfo): number[] => placesOfScales(formatOf(weight), sizeOf(weight.shape));

/** Decodes quads of a stored weight: a thread writes up to four values of one row of the result. */
const rowsProgram = (name: string, reads: readonly string[], row: string, variant: StoredVariant): Program => ({
  name: `${name} ${nameOfStored(variant)}`,
  reads: [...storedReads(variant), ...reads],
  writes: ["result"],
  uniforms: ["rows: u32", "channels: u32", "sourceRows: u32", ...storedUniforms],
  source: `${storedValues(variant)}
${entry(
  threads,
  `let quads = (uniforms.channels + 3u) / 4u;
  let index = group * ${threads}u + local;
  let row = index / quads;
  if (row >= uniforms.rows) { return; }
  let channel = 4u * (index % quads);
  let source = u32(${row});
  let values = select(vec4f(), storedFrom(source * uniforms.channels + channel), source < uniforms.sourceRows);
  for (var part = 0u; part < min(4u, uniforms.channels - channel); part++) {
    result[row * uniforms.channels + channel + part] = values[part];
  }`,
)}`,
});

function decodeRows(
  context: KernelContext,
  program: Program,
  weight: TensorInfo,
  tensors: Readonly<Record<string, TensorInfo>>,
  shape: readonly number[],
): TensorInfo {
  const { rows: sourceRows, channels } = rowsOf(weight);
  const rows = sizeOf(shape) / channels;
  const result = context.output(shape);
  context.run(
    program,
    { ...storedBindings(context, weight), ...tensors, result },
    [rows, channels, sourceRows, ...storedPlaces(weight)],
    groupsFor(Math.ceil((rows * Math.ceil(channels / 4)) / threads)),
  );
  return result;
}

/** A float32 copy of a stored weight. */
export const widenWeight: GpuKernel = (context, { weight }) =>
  decodeRows(context, rowsProgram("widen", [], "row", storedVariant(weight!)), weight!, {}, weight!.shape);

/** `gather`; rows of a stored table are decoded, zeros for an id that it does not have, as tfjs gives them. */
export function gather(stock: tf.KernelFunc): GpuKernel {
  return (context, inputs, attributes) => {
    const [x, indices] = [inputs.x!, inputs.indices!];
    const { axis, batchDims } = attributes as { axis: number; batchDims: number };
    if (storageOf(x) === null)
      return stock({ inputs: { x, indices }, attrs: attributes as tf.NamedAttrMap, backend: context.backend });
    if (axis !== 0 || batchDims !== 0 || x.shape.length !== 2) throw refuseStored(x);
    const program = rowsProgram("gather", ["ids: i32"], "ids[row]", storedVariant(x));
    return decodeRows(context, program, x, { ids: indices }, [...indices.shape, x.shape[1]!]);
  };
}
