import {
  dynamicMap,
  ggufBlocks,
  nf4Values,
  valuesInBlock,
  type WeightFormat,
  weightLayout,
} from "@petl/weight-formats";

/** A weight's format, and whether its rows are whole quads of four values. */
export interface StoredVariant {
  readonly format: WeightFormat;
  readonly wholeQuads: boolean;
}

/** For names of programs. */
export const nameOfStored = ({ format, wholeQuads }: StoredVariant): string => `${format}${wholeQuads ? "" : " odd"}`;

/** Bindings of a program that reads a stored weight: its bytes, and what the 4-bit and 8-bit codes of NF4 stand for. */
export const storedReads = ({ format }: StoredVariant): readonly string[] => [
  "weight: stored",
  ...(format === "nf4" || format === "nf4+dq" ? ["codeValues"] : []),
];
/** Where in a weight's words its scales are, of formats that have them apart. */
export const storedUniforms: readonly string[] = ["scales: u32", "nestedScales: u32", "scaleOffset: u32"];

/** Values of `storedUniforms` for a weight of `count` values. */
export function placesOfScales(format: WeightFormat, count: number): number[] {
  const { scales, nestedScales, scaleOffset } = weightLayout(format, count);
  return [scales, nestedScales, scaleOffset].map((part) => (part?.offset ?? 0) / 4);
}

/** (16 + 256) Values of NF4's codes, then those of the dynamic map. */
export const codeValues = Float32Array.from([...nf4Values, ...dynamicMap]);
const firstOfMap = nf4Values.length;

// All arithmetic on bits is exact, on a GPU that flushes subnormals too: a subnormal half is an integer times 2^-24.
const basics = `
fn bytesFrom(address: u32) -> u32 { // four, little-endian, from any address
  let word = address / 4u;
  let shift = 8u * (address % 4u);
  return select((weight[word] >> shift) | (weight[word + 1u] << (32u - shift)), weight[word], shift == 0u);
}
fn byteFrom(address: u32) -> u32 { return (weight[address / 4u] >> (8u * (address % 4u))) & 255u; }
fn unsigned(bytes: u32) -> vec4f { return vec4f((vec4u(bytes) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)); }
fn signed(bytes: u32) -> vec4f { return vec4f(vec4i(vec4u(bytes) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u)); }
fn halves(bits: vec4u) -> vec4f {
  let exponent = bits & vec4u(0x7c00u);
  let size = (bits & vec4u(0x7fffu)) << vec4u(13u);
  let normal = size + select(vec4u(0x38000000u), vec4u(0x70000000u), exponent == vec4u(0x7c00u)); // infinity stays infinity
  let subnormal = bitcast<vec4u>(vec4f(bits & vec4u(0x3ffu)) * ${2 ** -24});
  return bitcast<vec4f>(select(normal, subnormal, exponent == vec4u()) | ((bits & vec4u(0x8000u)) << vec4u(16u)));
}
fn halfFrom(address: u32) -> f32 { // from an even one
  return halves(vec4u((weight[address / 4u] >> (8u * (address % 4u))) & 0xffffu)).x;
}
fn pairs(at: u32) -> vec4u { // four numbers of 16 bits
  let low = weight[at / 2u];
  let high = weight[at / 2u + 1u];
  return vec4u(low & 0xffffu, low >> 16u, high & 0xffffu, high >> 16u);
}`;

const scaleOfBlock = `bitcast<f32>(weight[uniforms.scales + at / ${valuesInBlock}u])`;

const nf4 = (scale: string): string => `
  let codes = (vec4u(weight[at / 8u]) >> (vec4u(4u, 0u, 12u, 8u) + 16u * ((at / 4u) % 2u))) & vec4u(15u);
  let values = vec4f(codeValues[codes.x], codeValues[codes.y], codeValues[codes.z], codeValues[codes.w]);
  return values * (${scale});`;

/** WGSL: `start`, the address of the block of value `at`, and `i`, its place in there. */
const block = ({ values, bytes }: { readonly values: number; readonly bytes: number }): string => `
  let start = at / ${values}u * ${bytes}u;
  let i = at % ${values}u;`;

/** WGSL: four codes of 4 bits, where the first 16 of a block are the low halves of its bytes from `from` on. */
const nibbles = (from: number): string =>
  `unsigned((bytesFrom(start + ${from}u + i % 16u) >> (4u * (i / 16u))) & 0x0f0f0f0fu)`;

/** WGSL: the values `at` to `at + 3` of the flattened weight, for `at` a multiple of 4. */
const quads: Readonly<Record<WeightFormat, string>> = {
  bf16: "return bitcast<vec4f>(pairs(at) << vec4u(16u));",
  f16: "return halves(pairs(at));",
  int8: `return signed(weight[at / 4u]) * ${scaleOfBlock};`,
  nf4: nf4(scaleOfBlock),
  "nf4+dq": `
  let block = at / ${valuesInBlock}u;
  let scale = codeValues[${firstOfMap}u + byteFrom(4u * uniforms.scales + block)];
  let nested = bitcast<f32>(weight[uniforms.nestedScales + block / 256u]);
  ${nf4("scale * nested + bitcast<f32>(weight[uniforms.scaleOffset])")}`,
  q8_0: `${block(ggufBlocks.q8_0)}
  return halfFrom(start) * signed(bytesFrom(start + 2u + i));`,
  q4_0: `${block(ggufBlocks.q4_0)}
  return halfFrom(start) * (${nibbles(2)} - vec4f(8.0));`,
  q4_1: `${block(ggufBlocks.q4_1)}
  return halfFrom(start) * ${nibbles(4)} + vec4f(halfFrom(start + 2u));`,
  q4_k: `${block(ggufBlocks.q4_k)}
  let group = i / 32u;
  let scale = halfFrom(start) * sixBits(start + 4u, 0u, group);
  let least = halfFrom(start + 2u) * sixBits(start + 4u, 1u, group);
  let codes = unsigned((bytesFrom(start + 16u + group / 2u * 32u + i % 32u) >> (4u * (group % 2u))) & 0x0f0f0f0fu);
  return scale * codes - vec4f(least);`,
  q6_k: `${block(ggufBlocks.q6_k)}
  let group = i / 32u;
  let scale = halfFrom(start + 208u) * signed(byteFrom(start + 192u + i / 16u)).x;
  let low = bytesFrom(start + i / 128u * 64u + group % 2u * 32u + i % 32u) >> (2u * (group & 2u));
  let high = bytesFrom(start + 128u + i / 128u * 32u + i % 32u) >> (2u * (group % 4u));
  return scale * (unsigned((low & 0x0f0f0f0fu) | ((high & 0x03030303u) << 4u)) - vec4f(32.0));`,
};

const sixBits = `
fn sixBits(start: u32, part: u32, group: u32) -> f32 { // scale (part 0) or minimum (1) of a group of Q4_K
  let byte = byteFrom(start + 4u * part + group % 4u);
  let last = byteFrom(start + 8u + group % 4u);
  return f32(select(((last >> (4u * part)) & 15u) | ((byte >> 2u) & 48u), byte & 63u, group < 4u));
}`;

/** WGSL: four values of which the first is not the first of a quad, from two quads. */
const anywhere = `
  let offset = at % 4u;
  let low = quadFrom(at - offset);
  let high = quadFrom(at - offset + 4u);
  let first = select(low, vec4f(low.zw, high.xy), offset >= 2u);
  let next = select(vec4f(low.yzw, high.x), vec4f(low.w, high.xyz), offset >= 2u);
  return select(first, next, offset % 2u == 1u);`;

/**
 * WGSL: `storedFrom(at)` gives the values `at` to `at + 3` of the flattened weight as float32, each one product of a code's value and a
 * scale as in @petl/weight-formats; beyond the end they are anything. With whole quads, `at` must be a multiple of 4.
 */
export function storedValues({ format, wholeQuads }: StoredVariant): string {
  return `${basics}
${format === "q4_k" ? sixBits : ""}
fn quadFrom(at: u32) -> vec4f {
  ${quads[format]}
}
fn storedFrom(at: u32) -> vec4f {
  ${wholeQuads ? "return quadFrom(at);" : anywhere}
}`;
}
