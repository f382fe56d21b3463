import { compressScales } from "./double-quantisation.js";
import { type StoredWeight, type WeightFormat, type WeightLayout, weightLayout } from "./format.js";
import { quantiseGguf } from "./gguf-quantise.js";
import { f32ToBf16, f32ToF16 } from "./half-floats.js";
import { quantiseInt8 } from "./int8.js";
import { quantiseNf4 } from "./nf4.js";

/**
 * Stores values in a format: `bf16` and `f16` to nearest even, `int8` in blocks of 64, `nf4` and `nf4+dq` as bitsandbytes,
 * the others in GGUF's blocks.
 *
 * @param values row-major, as many as the shape's product
 * @throws RangeError where a value is not finite or beyond the format, or the shape does not fit the values or the format's blocks
 */
export function storeWeight(values: Float32Array, shape: readonly number[], format: WeightFormat): StoredWeight {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== values.length)
    throw new RangeError(
      `${format}: expected ${count} values for the shape [${shape.join(", ")}], got ${values.length}`,
    );
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`${format}: expected finite values, got ${values[bad]} at ${bad}`);
  const layout = weightLayout(format, count);
  const bytes = new Uint8Array(layout.bytes);
  const parts = encode(values, format, bytes.subarray(0, layout.codes.bytes));
  for (const [name, data] of Object.entries(parts))
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), layout[name as keyof Parts]!.offset);
  return { format, shape: [...shape], bytes };
}

type Parts = Partial<Record<keyof Omit<WeightLayout, "bytes">, Uint8Array | Uint16Array | Float32Array>>;

/** Fills the codes, or returns them, and returns the other parts. */
function encode(values: Float32Array, format: WeightFormat, codes: Uint8Array): Parts {
  switch (format) {
    case "bf16":
      return { codes: within(values, f32ToBf16(values), format, 0x7f80, "3.39e38") };
    case "f16":
      return { codes: within(values, f32ToF16(values), format, 0x7c00, "65,504") };
    case "int8":
      return { scales: quantiseInt8(values, codes) };
    case "nf4":
      return { scales: quantiseNf4(values, codes) };
    case "nf4+dq": {
      const { codes: scales, nested, offset } = compressScales(quantiseNf4(values, codes));
      return { scales, nestedScales: nested, scaleOffset: Float32Array.of(offset) };
    }
    default:
      quantiseGguf(format, values, codes);
      return {};
  }
}

/** The bits, none of which may be an infinity's. @throws RangeError naming the value that became one */
function within(
  values: Float32Array,
  bits: Uint16Array,
  format: WeightFormat,
  infinity: number,
  largest: string,
): Uint16Array {
  const beyond = bits.findIndex((each) => (each & 0x7fff) === infinity);
  if (beyond < 0) return bits;
  throw new RangeError(
    `${format}: expected magnitudes up to ${largest}, got ${values[beyond]} at ${beyond}; use a format with f32 scales, such as int8`,
  );
}
