import { dynamicMap, nf4Values, type Part, scalesInBlock, valuesInBlock, weightLayout } from "@petl/weight-formats";
import type { TensorInfo } from "../tensor-source.js";
import { partNames, quantType, statePrefix } from "./parts.js";

/** A tensor of a file, made of the bytes of a stored weight. */
export interface WeightPart {
  readonly name: string;
  readonly info: TensorInfo;
  data(weight: Uint8Array): Uint8Array;
}

/** Room for a description, whatever the digits of its offset. */
const offsetDigits = 32;

/**
 * The tensors that bitsandbytes stores for a weight in NF4, those of f32 before those of bytes; a multiple of 8 bytes in all, as blanks
 * end the description.
 */
export function normalFloatParts(name: string, shape: readonly number[], format: "nf4" | "nf4+dq"): WeightPart[] {
  const count = shape.reduce((product, length) => product * length, 1);
  const { codes, scales, nestedScales, scaleOffset } = weightLayout(format, count);
  const isNested = nestedScales !== undefined && scaleOffset !== undefined;
  const floats = (part: string, data: Part): WeightPart =>
    tensor(`${name}.${part}`, "F32", [data.bytes / 4], taken(data));
  const parts = [
    constant(`${name}.${partNames.map}`, Float32Array.from(nf4Values)),
    ...(isNested
      ? [
          floats(partNames.nestedScales, nestedScales),
          constant(`${name}.${partNames.nestedMap}`, dynamicMap),
          tensor(`${name}.${partNames.scales}`, "U8", [scales!.bytes], taken(scales!)),
        ]
      : [floats(partNames.scales, scales!)]),
    tensor(name, "U8", [codes.bytes, 1], taken(codes)),
  ];
  const before = parts.reduce((total, { info }) => total + info.bytes, 0);
  const stateOf = (offset: number): string => JSON.stringify(description(shape, isNested ? offset : undefined));
  const room = stateOf(0).length + (isNested ? offsetDigits : 0);
  const bytes = room + ((8 - ((before + room) % 8)) % 8);
  const state = tensor(`${name}.${statePrefix}${quantType}`, "U8", [bytes], (weight) => {
    const offset = isNested ? floatAt(weight, scaleOffset.offset) : 0;
    return new TextEncoder().encode(stateOf(offset).padEnd(bytes));
  });
  return [...parts, state];
}

function description(shape: readonly number[], offset: number | undefined): object {
  return {
    ...{ quant_type: quantType, blocksize: valuesInBlock, dtype: "float32", shape },
    ...(offset !== undefined && { nested_blocksize: scalesInBlock, nested_dtype: "float32", nested_offset: offset }),
  };
}

function tensor(name: string, dtype: "F32" | "U8", shape: readonly number[], data: WeightPart["data"]): WeightPart {
  const bytes = shape.reduce((product, length) => product * length, dtype === "F32" ? 4 : 1);
  return { name, info: { dtype, shape, bytes }, data };
}

function constant(name: string, values: Float32Array): WeightPart {
  return tensor(
    name,
    "F32",
    [values.length],
    () => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
}

const taken =
  ({ offset, bytes }: Part) =>
  (weight: Uint8Array): Uint8Array =>
    weight.subarray(offset, offset + bytes);

const floatAt = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + offset).getFloat32(0, true);
