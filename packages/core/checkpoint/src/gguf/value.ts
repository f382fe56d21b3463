/** A value of a GGUF file's metadata with the type that it is written in. */
export type GgufValue =
  | { readonly type: "u32" | "f32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "i32s" | "f32s"; readonly value: ArrayLike<number> };

/** By key, in the order in which they are written. */
export type GgufMetadata = Readonly<Record<string, GgufValue>>;

/** Makes values of metadata. */
export const ggufValue = {
  u32: (value: number): GgufValue => ({ type: "u32", value }),
  f32: (value: number): GgufValue => ({ type: "f32", value }),
  bool: (value: boolean): GgufValue => ({ type: "bool", value }),
  string: (value: string): GgufValue => ({ type: "string", value }),
  strings: (value: readonly string[]): GgufValue => ({ type: "strings", value }),
  i32s: (value: ArrayLike<number>): GgufValue => ({ type: "i32s", value }),
  f32s: (value: ArrayLike<number>): GgufValue => ({ type: "f32s", value }),
};
