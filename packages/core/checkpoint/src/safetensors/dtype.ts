/** Bytes of one element by safetensors dtype name; every dtype the format defines with whole bytes. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

/** Dtypes whose values this package can return. */
type ReadableDtype = "F32" | "F16" | "BF16" | "I32" | "I64";

const READABLE: ReadonlySet<string> = new Set<ReadableDtype>(["F32", "F16", "BF16", "I32", "I64"]);

export function isReadable(dtype: string): dtype is ReadableDtype {
  return READABLE.has(dtype);
}

/** Bytes of one element, or undefined for a dtype the format does not define. */
export function elementBytes(dtype: string): number | undefined {
  return Object.hasOwn(ELEMENT_BYTES, dtype) ? ELEMENT_BYTES[dtype] : undefined;
}
