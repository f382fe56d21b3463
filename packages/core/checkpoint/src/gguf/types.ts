import { type GgufFormat, ggufBlocks, q5Blocks } from "@petl/weight-formats";

/** The first four bytes of a file: "GGUF". */
export const magic = 0x46554747;

/** Values and bytes of a block of an element type of GGUF. */
export interface GgufType {
  readonly name: string;
  readonly values: number;
  readonly bytes: number;
}

const { q4_0, q4_1, q8_0, q4_k, q6_k } = ggufBlocks;

/** The element types that are read, by their number in a file. https://github.com/ggml-org/ggml/blob/master/include/ggml.h */
const readable: ReadonlyMap<number, GgufType> = new Map([
  [0, { name: "F32", values: 1, bytes: 4 }],
  [1, { name: "F16", values: 1, bytes: 2 }],
  [2, { name: "Q4_0", ...q4_0 }],
  [3, { name: "Q4_1", ...q4_1 }],
  [6, { name: "Q5_0", ...q5Blocks }],
  [8, { name: "Q8_0", ...q8_0 }],
  [12, { name: "Q4_K", ...q4_k }],
  [14, { name: "Q6_K", ...q6_k }],
  [30, { name: "BF16", values: 1, bytes: 2 }],
]);

/** Common types that are not read, for the error. */
const others: ReadonlyMap<number, string> = new Map([
  ...([
    [7, "Q5_1"],
    [10, "Q2_K"],
    [11, "Q3_K"],
    [13, "Q5_K"],
    [15, "Q8_K"],
  ] as const),
  ...([
    [20, "IQ4_NL"],
    [23, "IQ4_XS"],
    [26, "I32"],
    [27, "I64"],
    [28, "F64"],
    [39, "MXFP4"],
  ] as const),
]);

/** Formats that tensors of a GGUF file are written in. */
export type WrittenFormat = "f32" | "f16" | "bf16" | GgufFormat;

/** The number of a format in a file. */
export const typeNumber = (format: WrittenFormat): number =>
  [...readable].find(([, { name }]) => name === format.toUpperCase())![0];

export const ggufType = (number: number): GgufType | undefined => readable.get(number);

export const readableTypes: readonly string[] = [...readable.values()].map(({ name }) => name);

export const typeName = (number: number): string => others.get(number) ?? `type ${number}`;
