import type { Program } from "./program.js";
import { nameOfStored, type StoredVariant, storedReads, storedUniforms, storedValues } from "./stored-values.js";

/** Parameters of a matrix product's shader: tile of C per workgroup, and which operands are stored transposed. */
export interface Variant {
  readonly tileRows: 16 | 64 | 128;
  readonly tileColumns: 16 | 64 | 128;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** How B is stored; absent: as float32. */
  readonly stored?: StoredVariant | undefined;
  /** Whether a bias (columns) is added. */
  readonly bias?: boolean;
}

/** Depth of a tile, and the same in vectors of four. */
const depthStep = 16;
const depthVectors = depthStep / 4;
const side = 16; // threads of a workgroup: 16 x 16
const letters = "xyzw";

/** One operand: lines are rows of A or columns of B. */
interface Operand {
  readonly name: "a" | "b";
  readonly lines: number;
  /** Lines per thread. */
  readonly own: number;
  /** Whether neighbours in memory are neighbours in depth (else they are neighbouring lines). */
  readonly depthFirst: boolean;
  readonly thread: "ty" | "tx";
  /** Stored extents: the uniform that counts lines. */
  readonly count: "rows" | "columns";
  /** WGSL: four neighbours in memory from `at` on. */
  readonly four: string;
}

const fourFloats = (name: string): string =>
  `vec4f(${[0, 1, 2, 3].map((part) => `${name}[at + ${part}u]`).join(", ")})`;

/** Vectors from one line (depth first) or one depth to the next in workgroup memory; 5 keeps 16 lines in different banks. */
const pitch = ({ depthFirst, lines }: Operand): number => (depthFirst ? depthVectors + 1 : lines / 4);
const tileVectors = (operand: Operand): number => (operand.depthFirst ? operand.lines : depthStep) * pitch(operand);
const loads = ({ lines }: Operand): number => Math.max(1, (lines * depthVectors) / side ** 2);
const isVector = ({ depthFirst, own }: Operand): boolean => !depthFirst && own >= 4;

/** WGSL: the line of the tile that is the thread's `index`-th. */
function lineOf(operand: Operand, index: number): string {
  const { thread } = operand;
  return isVector(operand) ? `4u * ${thread} + ${64 * (index >> 2) + (index & 3)}u` : `${thread} + ${side * index}u`;
}

/**
 * WGSL: reads the thread's share of a tile from memory into registers; values outside are 0. No branches: WebGPU itself clamps an
 * index outside the buffer.
 */
function fetch(operand: Operand): string {
  const { name, lines, depthFirst, count, four } = operand;
  return Array.from({ length: loads(operand) }, (_, load) => {
    const slot = `local + ${load * side ** 2}u`;
    const perLine = depthFirst ? depthVectors : lines / 4;
    const [line, depth] = depthFirst
      ? [`(${slot}) / ${perLine}u`, `4u * ((${slot}) % ${perLine}u)`]
      : [`4u * ((${slot}) % ${perLine}u)`, `(${slot}) / ${perLine}u`];
    const at = depthFirst ? "line * uniforms.depth + depth" : `depth * uniforms.${count} + line`;
    const isInside = depthFirst
      ? `vec4u(depth) + vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, limit, line < uniforms.${count}))`
      : `vec4u(line) + vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, uniforms.${count}, depth < limit))`;
    return `{
      let line = first_${name} + ${line};
      let depth = start + ${depth};
      let at = base_${name} + ${at};
      next_${name}${load} = select(vec4f(), ${four}, ${isInside});
    }`;
  }).join("\n    ");
}

/** WGSL: stores the fetched values in workgroup memory. */
function store(operand: Operand): string {
  const { name, lines, depthFirst } = operand;
  const vectors = lines * depthVectors;
  return Array.from({ length: loads(operand) }, (_, load) => {
    const slot = `(local + ${load * side ** 2}u)`;
    const perLine = depthFirst ? depthVectors : lines / 4;
    const put = `tile_${name}[${slot} / ${perLine}u * ${pitch(operand)}u + ${slot} % ${perLine}u] = next_${name}${load};`;
    return vectors < side ** 2 ? `if (local < ${vectors}u) { ${put} }` : put;
  }).join("\n    ");
}

/** WGSL: the thread's values of four depths, and how to name one of them. */
function fragment(operand: Operand): {
  readonly code: string;
  readonly value: (index: number, depth: number) => string;
} {
  const { name, own, depthFirst, thread } = operand;
  const step = pitch(operand);
  const lines: string[] = [];
  if (depthFirst) {
    for (let index = 0; index < own; index++)
      lines.push(`let ${name}${index} = tile_${name}[(${lineOf(operand, index)}) * ${step}u + vector];`);
    return { code: lines.join("\n      "), value: (index, depth) => `${name}${index}.${letters[depth]}` };
  }
  for (let depth = 0; depth < 4; depth++) {
    const row = `(4u * vector + ${depth}u) * ${step}u`;
    if (!isVector(operand)) {
      for (let index = 0; index < own; index++)
        lines.push(
          `let ${name}${depth}_${index} = tile_${name}[${row} + (${lineOf(operand, index)}) / 4u][${thread} % 4u];`,
        );
      continue;
    }
    for (let group = 0; group < own / 4; group++)
      lines.push(`let ${name}${depth}_${group} = tile_${name}[${row} + ${thread} + ${side * group}u];`);
  }
  const value = (index: number, depth: number): string =>
    isVector(operand) ? `${name}${depth}_${index >> 2}.${letters[index & 3]}` : `${name}${depth}_${index}`;
  return { code: lines.join("\n      "), value };
}

/**
 * `C = op(A) op(B)`, batched: a workgroup computes one tile of C. Tiles of A and B go through workgroup memory in vectors of four. The
 * next tiles are fetched while the current ones are multiplied. Each thread keeps up to 8 x 8 values of C in registers.
 *
 * Every value of C is one chain of multiply-adds over the depth, in order, in any tile. With `splits`, the depth is cut into
 * pieces of `splitDepth`, whose sums are stored one after the other.
 *
 * A stored B is decoded as its tile is fetched: nothing but the tile is ever float32.
 */
export function matMulProgram(variant: Variant): Program {
  const { tileRows, tileColumns, transposeA, transposeB, stored, bias = false } = variant;
  const rows = tileRows / side;
  const columns = tileColumns / side;
  const a: Operand = {
    ...{ name: "a", lines: tileRows, own: rows, depthFirst: !transposeA },
    ...{ thread: "ty", count: "rows", four: fourFloats("a") },
  };
  const b: Operand = {
    ...{ name: "b", lines: tileColumns, own: columns, depthFirst: transposeB },
    ...{ thread: "tx", count: "columns", four: stored === undefined ? fourFloats("b") : "storedFrom(at)" },
  };
  const [fragmentA, fragmentB] = [fragment(a), fragment(b)];
  const cells = Array.from(
    { length: rows * columns },
    (_, cell) => [Math.floor(cell / columns), cell % columns] as const,
  );
  const products = [0, 1, 2, 3].flatMap((depth) =>
    cells.map(([i, j]) => `c${i}_${j} = fma(${fragmentA.value(i, depth)}, ${fragmentB.value(j, depth)}, c${i}_${j});`),
  );
  const writes = cells.map(
    ([i, j]) =>
      `if (row + ${lineOf(a, i)} < uniforms.rows && column + ${lineOf(b, j)} < uniforms.columns) { result[base + (${lineOf(a, i)}) * uniforms.columns + ${lineOf(b, j)}] = c${i}_${j}${bias ? ` + bias[column + ${lineOf(b, j)}]` : ""}; }`,
  );
  const held = (operand: Operand): string[] =>
    Array.from({ length: loads(operand) }, (_, load) => `var next_${operand.name}${load}: vec4f;`);
  return {
    name: `matMul ${tileRows}x${tileColumns}${transposeA ? " A^T" : ""}${transposeB ? " B^T" : ""}${stored === undefined ? "" : ` of ${nameOfStored(stored)}`}${bias ? " + bias" : ""}`,
    reads: ["a", ...(stored === undefined ? ["b"] : storedReads(stored)), ...(bias ? ["bias"] : [])],
    writes: ["result"],
    uniforms: [
      ...["rows", "columns", "depth", "batchA", "batchB", "splits", "splitDepth"].map((name) => `${name}: u32`),
      ...(stored === undefined ? [] : storedUniforms),
    ],
    source: `${stored === undefined ? "" : storedValues(stored)}
var<workgroup> tile_a: array<vec4f, ${tileVectors(a)}>;
var<workgroup> tile_b: array<vec4f, ${tileVectors(b)}>;

@compute @workgroup_size(${side ** 2})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) workgroup: vec3u) {
  let tx = local % ${side}u;
  let ty = local / ${side}u;
  let column = workgroup.x * ${tileColumns}u;
  let row = workgroup.y * ${tileRows}u;
  let product = workgroup.z / uniforms.splits;
  let split = workgroup.z % uniforms.splits;
  let begin = split * uniforms.splitDepth;
  let limit = min(begin + uniforms.splitDepth, uniforms.depth);
  let base_a = product * uniforms.batchA;
  let base_b = product * uniforms.batchB;
  let first_a = row;
  let first_b = column;
  ${[...held(a), ...held(b)].join("\n  ")}
  ${cells.map(([i, j]) => `var c${i}_${j} = 0.0;`).join(" ")}
  var start = begin;
  ${fetch(a)}
  ${fetch(b)}
  while (start < limit) {
    ${store(a)}
    ${store(b)}
    workgroupBarrier();
    start += ${depthStep}u;
    if (start < limit) {
    ${fetch(a)}
    ${fetch(b)}
    }
    for (var vector = 0u; vector < ${depthVectors}u; vector++) {
      ${fragmentA.code}
      ${fragmentB.code}
      ${products.join("\n      ")}
    }
    workgroupBarrier();
  }
  let base = (split * (uniforms.rows * uniforms.columns)) + product * uniforms.splits * uniforms.rows * uniforms.columns + row * uniforms.columns + column;
  ${writes.join("\n  ")}
}`,
  };
}
