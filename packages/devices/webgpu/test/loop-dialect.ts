import type { Dialect } from "../src/kernels/matrix-units.js";

const sides = { left: "tile_a", right: "tile_b" } as const;

/**
 * Matrix units as loops, for adapters without them and without half precision: a thread of a subgroup keeps every n-th value of a unit's
 * result, and multiplies what it needs from the tiles. Values are rounded to half precision and kept in float32.
 */
export const loopDialect: Dialect = {
  enables: () => [],
  four: "vec4f",
  bytes: 4,
  rounded: (four) => `quantizeToF16(${four})`,
  declarations: ({ M, N, K, subgroup }) => `
struct Operand { at: u32, line: u32, depth: u32 } // floats from one line or depth to the next
alias Sums = array<f32, ${(M * N) / subgroup}>;
fn added(a: Operand, b: Operand, sums: Sums, lane: u32) -> Sums {
  var result = sums;
  for (var i = 0u; i < ${(M * N) / subgroup}u; i++) {
    let e = lane + i * ${subgroup}u;
    for (var k = 0u; k < ${K}u; k++) {
      let left = a.at + e / ${N}u * a.line + k * a.depth;
      let right = b.at + e % ${N}u * b.line + k * b.depth;
      result[i] = fma(${sides.left}[left / 4u][left % 4u], ${sides.right}[right / 4u][right % 4u], result[i]);
    }
  }
  return result;
}
fn taken(offset: u32, lane: u32) -> Sums {
  var sums: Sums;
  for (var i = 0u; i < ${(M * N) / subgroup}u; i++) { sums[i] = scratch[offset + lane + i * ${subgroup}u]; }
  return sums;
}
${(["scratch", "result"] as const)
  .map(
    (to) => `
fn give_${to}(offset: u32, stride: u32, sums: Sums, lane: u32) {
  var values = sums;
  for (var i = 0u; i < ${(M * N) / subgroup}u; i++) {
    let e = lane + i * ${subgroup}u;
    ${to}[offset + e / ${N}u * stride + e % ${N}u] = values[i];
  }
}`,
  )
  .join("")}`,
  entry: ({ subgroup }, threads) => `
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) workgroup: vec3u) {
  let part = local / ${subgroup}u;
  let lane = local % ${subgroup}u;`,
  zeros: (name) => `var ${name}: Sums;`,
  operand: (side, { tile, offset, stride, depthFirst }) => {
    if (tile !== sides[side]) throw new Error(`expected the ${side} operand in ${sides[side]}, got ${tile}`);
    const [line, depth] = depthFirst ? [4 * stride, 1] : [1, 4 * stride];
    return `Operand(4u * (${offset}), ${line}u, ${depth}u)`;
  },
  add: (a, b, sums) => `${sums} = added(${a}, ${b}, ${sums}, lane);`,
  take: (sums, offset) => `${sums} = taken(${offset}, lane);`,
  give: (sums, to, offset, stride) => `give_${to}(${offset}, ${stride}, ${sums}, lane);`,
};
