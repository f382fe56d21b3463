import { type RandomKey, randomValues } from "@petl/tensor";
import { type GpuKernel, sizeOf } from "./context.js";
import { elementwise, entry, groupsFor, type Program, threads } from "./program.js";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const rounds = Array.from({ length: 20 }, (_, round) => {
  const rotation = rotations[round % 8]!;
  const mix = `x0 += x1; x1 = ((x1 << ${rotation}u) | (x1 >> ${32 - rotation}u)) ^ x0;`;
  const injection = Math.floor(round / 4) + 1;
  const inject = `x0 += schedule${injection % 3}; x1 += schedule${(injection + 1) % 3} + ${injection}u;`;
  return round % 4 === 3 ? `${mix}\n  ${inject}` : mix;
});

/** WGSL: the 24 random bits of value `index` under `uniforms.key0`, `uniforms.key1`, as `threefry` of `@petl/tensor`. */
const bits = `
fn randomBits(index: u32) -> u32 {
  let schedule0 = uniforms.key0;
  let schedule1 = uniforms.key1;
  let schedule2 = 0x1bd11bdau ^ schedule0 ^ schedule1;
  var x0 = (index >> 1u) + schedule0;
  var x1 = schedule1;
  ${rounds.join("\n  ")}
  return select(x0, x1, (index & 1u) == 1u) >> 8u;
}`;

const uniform: Program = {
  ...elementwise("uniform", [], "f32(randomBits(index)) * (1.0 / 16777216.0)", bits),
  uniforms: ["size: u32", "key0: u32", "key1: u32"],
  differs: true,
};

const dropoutProgram: Program = {
  name: "dropout",
  reads: ["x"],
  writes: ["result"],
  differs: true,
  uniforms: ["size: u32", "key0: u32", "key1: u32", "threshold: u32", "scale: f32"],
  source: `${bits}
${entry(
  threads,
  `let index = group * ${threads}u + local;
  if (index >= uniforms.size) { return; }
  result[index] = x[index] * select(0.0, uniforms.scale, randomBits(index) >= uniforms.threshold);`,
)}`,
};

/** Values of a stream. Normal ones go through JavaScript's `log` and `cos`, so that every device draws the same bits. */
export const random: GpuKernel = (context, _inputs, attributes) => {
  const { shape, key, distribution } = attributes as { shape: number[]; key: RandomKey; distribution: string };
  const size = sizeOf(shape);
  if (distribution === "normal") {
    return context.backend.makeTensorInfo(shape, "float32", randomValues("normal", size, key));
  }
  const result = context.output(shape);
  context.run(uniform, { result }, [size, ...key.map((word) => word >>> 0)], groupsFor(Math.ceil(size / threads)));
  return result;
};

/** A value is kept if its 24 random bits, as a number in [0, 1), are at least `rate`. */
export const dropout: GpuKernel = (context, { x }, attributes) => {
  const { rate, key } = attributes as { rate: number; key: RandomKey };
  const size = sizeOf(x!.shape);
  const result = context.output(x!.shape);
  const uniforms = [size, ...key.map((word) => word >>> 0), Math.ceil(rate * 2 ** 24), 1 / (1 - rate)];
  context.run(dropoutProgram, { x, result }, uniforms, groupsFor(Math.ceil(size / threads)));
  return result;
};
