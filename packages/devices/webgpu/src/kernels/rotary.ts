import { type GpuKernel, sizeOf } from "./context.js";
import { entry, groupsFor, type Program, threads } from "./program.js";

/** One thread per pair of channels. A position that the table does not have gives NaN: a shader cannot report it. */
const program: Program = {
  name: "rotary",
  reads: ["x", "positions: i32", "table"],
  writes: ["result"],
  uniforms: ["pairs: u32", "heads: u32", "half: u32", "count: u32", "direction: f32", "missing: f32"],
  source: entry(
    threads,
    `let pair = group * ${threads}u + local;
  if (pair >= uniforms.pairs) { return; }
  let channel = pair % uniforms.half;
  let head = pair / uniforms.half; // of all tokens
  let position = u32(positions[head / uniforms.heads]); // a negative one becomes large
  let isKnown = position < uniforms.count;
  let row = select(0u, position, isKnown) * 2u * uniforms.half + channel;
  let cosine = select(uniforms.missing, table[row], isKnown);
  let sine = uniforms.direction * table[row + uniforms.half];
  let at = head * 2u * uniforms.half + channel;
  let first = x[at];
  let second = x[at + uniforms.half];
  result[at] = first * cosine - second * sine;
  result[at + uniforms.half] = second * cosine + first * sine;`,
  ),
};

export const rotary: GpuKernel = (context, { x, positions, table }, { heads, isBack }) => {
  const result = context.output(x!.shape);
  const [count, size] = table!.shape as [number, number];
  const pairs = sizeOf(x!.shape) / 2;
  const uniforms = [pairs, heads as number, size / 2, count, isBack === true ? -1 : 1, Number.NaN];
  context.run(program, { x, positions, table, result }, uniforms, groupsFor(Math.ceil(pairs / threads)));
  return result;
};
