/** Formats a frozen weight may be stored in, beside `f32`; the `q` ones are GGUF's. */
export const weightFormats = ["bf16", "f16", "int8", "nf4", "nf4+dq", "q8_0", "q4_0", "q4_1", "q4_k", "q6_k"] as const;
export type WeightFormat = (typeof weightFormats)[number];

/**
 * How all weights of a frozen backbone may be asked to be kept: `f32`; one of the formats that values can be brought to; or `file`, as a
 * checkpoint's file has them.
 */
export const backboneDtypes = ["f32", "bf16", "f16", "int8", "nf4", "nf4+dq", "file"] as const;
export type BackboneDtype = (typeof backboneDtypes)[number];

/** Where a part of a stored weight lies in its bytes. */
export interface Part {
  /** In bytes, a multiple of 16. */
  readonly offset: number;
  readonly bytes: number;
}

/** Parts of the bytes of a stored weight; which there are depends on the format (`weightLayout`). */
export interface WeightLayout {
  /** All parts, padding between them included. */
  readonly bytes: number;
  /** Values, one or two in a byte; of GGUF's formats whole blocks, scales included. */
  readonly codes: Part;
  /** One a block of values: f32; of `nf4+dq` one byte each. */
  readonly scales?: Part;
  /** Of `nf4+dq`: f32, one a block of 256 scales. */
  readonly nestedScales?: Part;
  /** Of `nf4+dq`: one f32 that is added to every scale. */
  readonly scaleOffset?: Part;
}

/** A weight as it is stored: row-major, its last axis the input of a linear layer. */
export interface StoredWeight {
  readonly format: WeightFormat;
  readonly shape: readonly number[];
  /** As `weightLayout` of the format and the number of values says. */
  readonly bytes: Uint8Array;
}

/** Values that share a scale in `int8` and `nf4`, counted over the flattened weight. */
export const valuesInBlock = 64;
/** Scales that share a nested scale in `nf4+dq`. */
export const scalesInBlock = 256;

/** Values and bytes of a block of GGUF's formats. */
export const ggufBlocks = {
  q8_0: { values: 32, bytes: 34 },
  q4_0: { values: 32, bytes: 18 },
  q4_1: { values: 32, bytes: 20 },
  q4_k: { values: 256, bytes: 144 },
  q6_k: { values: 256, bytes: 210 },
} as const;
export type GgufFormat = keyof typeof ggufBlocks;

export const isGguf = (format: WeightFormat): format is GgufFormat => Object.hasOwn(ggufBlocks, format);

/**
 * Where the parts of `count` values lie.
 * @throws RangeError where a GGUF format's blocks do not divide `count`
 */
export function weightLayout(format: WeightFormat, count: number): WeightLayout {
  if (isGguf(format)) {
    const block = ggufBlocks[format];
    if (count % block.values !== 0)
      throw new RangeError(`${format}: expected a multiple of ${block.values} values, got ${count}`);
    return layOut({ codes: (count / block.values) * block.bytes });
  }
  const blocks = Math.ceil(count / valuesInBlock);
  switch (format) {
    case "bf16":
    case "f16":
      return layOut({ codes: 2 * count });
    case "int8":
      return layOut({ codes: count, scales: 4 * blocks });
    case "nf4":
      return layOut({ codes: Math.ceil(count / 2), scales: 4 * blocks });
    case "nf4+dq":
      return layOut({
        codes: Math.ceil(count / 2),
        scales: blocks,
        nestedScales: 4 * Math.ceil(blocks / scalesInBlock),
        scaleOffset: 4,
      });
  }
}

function layOut(
  sizes: Partial<Record<keyof Omit<WeightLayout, "bytes">, number>> & { readonly codes: number },
): WeightLayout {
  let bytes = 0;
  const parts: Record<string, Part> = {};
  for (const [name, size] of Object.entries(sizes)) {
    const offset = Math.ceil(bytes / 16) * 16;
    parts[name] = { offset, bytes: size };
    bytes = offset + size;
  }
  return { bytes, ...parts } as WeightLayout;
}
