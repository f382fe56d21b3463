import {
  component,
  fetch,
  floatsOf,
  type Operand,
  place,
  productUniforms,
  store,
  tileVectors,
  waitingValues,
} from "./mat-mul-operand.js";
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
  /** Whether operands are rounded to half precision, in which their tiles are kept; they are multiplied and added up in float32. */
  readonly half?: boolean;
}

/** The name of a product's program, by which it is known. */
export const nameOfMatMul = ({ tileRows, tileColumns, transposeA, transposeB, stored, bias, half }: Variant): string =>
  `matMul ${tileRows}x${tileColumns}${transposeA ? " A^T" : ""}${transposeB ? " B^T" : ""}${stored === undefined ? "" : ` of ${nameOfStored(stored)}`}${bias ? " + bias" : ""}${half ? " in f16" : ""}`;

/** Depth of a tile, and the same in vectors of four. */
const depthStep = 16;
const depthVectors = depthStep / 4;
const side = 16; // threads of a workgroup: 16 x 16
const threads = side ** 2;

/** An operand whose lines the threads of a workgroup share out among them. */
interface SharedOperand extends Operand {
  /** Lines per thread. */
  readonly own: number;
  readonly thread: "ty" | "tx";
  /** Whether its tile is in half precision. */
  readonly half: boolean;
}

const isVector = ({ depthFirst, own }: SharedOperand): boolean => !depthFirst && own >= 4;

/** WGSL: the line of the tile that is the thread's `index`-th. */
function lineOf(operand: SharedOperand, index: number): string {
  const { thread } = operand;
  return isVector(operand) ? `4u * ${thread} + ${64 * (index >> 2) + (index & 3)}u` : `${thread} + ${side * index}u`;
}

/** WGSL: the thread's values of four depths, and how to name one of them. */
function fragment(operand: SharedOperand): {
  readonly code: string;
  readonly value: (index: number, depth: number) => string;
} {
  const { name, own, depthFirst, thread, half, pitch: step } = operand;
  const wide = (vector: string): string => (half ? `vec4f(${vector})` : vector);
  const lines: string[] = [];
  if (depthFirst) {
    for (let index = 0; index < own; index++)
      lines.push(`let ${name}${index} = ${wide(`tile_${name}[(${lineOf(operand, index)}) * ${step}u + vector]`)};`);
    return { code: lines.join("\n      "), value: (index, depth) => component(`${name}${index}`, depth) };
  }
  for (let depth = 0; depth < 4; depth++) {
    const row = `(4u * vector + ${depth}u) * ${step}u`;
    if (!isVector(operand)) {
      for (let index = 0; index < own; index++)
        lines.push(
          `let ${name}${depth}_${index} = f32(tile_${name}[${row} + (${lineOf(operand, index)}) / 4u][${thread} % 4u]);`,
        );
      continue;
    }
    for (let group = 0; group < own / 4; group++)
      lines.push(`let ${name}${depth}_${group} = ${wide(`tile_${name}[${row} + ${thread} + ${side * group}u]`)};`);
  }
  const value = (index: number, depth: number): string =>
    isVector(operand) ? component(`${name}${depth}_${index >> 2}`, index & 3) : `${name}${depth}_${index}`;
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
  const { tileRows, tileColumns, transposeA, transposeB, stored, bias = false, half = false } = variant;
  const rows = tileRows / side;
  const columns = tileColumns / side;
  const type = half ? "vec4<f16>" : "vec4f";
  const shared = { depth: depthStep, half, wholeQuads: false };
  const waiting = { type, from: (four: string) => (half ? `${type}(${four})` : four) };
  // 5 vectors a line keep 16 lines in different banks
  const pitch = (depthFirst: boolean, lines: number): number => (depthFirst ? depthVectors + 1 : lines / 4);
  const a: SharedOperand = {
    ...{ ...shared, waiting, name: "a", lines: tileRows, own: rows, depthFirst: !transposeA },
    ...{ thread: "ty", count: "rows", four: floatsOf("a", false), pitch: pitch(!transposeA, tileRows) },
  };
  const b: SharedOperand = {
    ...{ ...shared, waiting, name: "b", lines: tileColumns, own: columns, depthFirst: transposeB },
    ...{ thread: "tx", count: "columns", pitch: pitch(transposeB, tileColumns) },
    four: stored === undefined ? floatsOf("b", false) : "storedFrom(at)",
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
  const put =
    ({ name }: Operand) =>
    (at: string, value: string) =>
      `tile_${name}[${at}] = ${value};`;
  return {
    name: nameOfMatMul(variant),
    ...(half && { enables: ["f16"] }),
    reads: ["a", ...(stored === undefined ? ["b"] : storedReads(stored)), ...(bias ? ["bias"] : [])],
    writes: ["result"],
    uniforms: [...productUniforms, ...(stored === undefined ? [] : storedUniforms)],
    source: `${stored === undefined ? "" : storedValues(stored)}
var<workgroup> tile_a: array<${type}, ${tileVectors(a)}>;
var<workgroup> tile_b: array<${type}, ${tileVectors(b)}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) workgroup: vec3u) {
  let tx = local % ${side}u;
  let ty = local / ${side}u;
  ${place(tileRows, tileColumns)}
  ${[...waitingValues(a, threads), ...waitingValues(b, threads)].join("\n  ")}
  ${cells.map(([i, j]) => `var c${i}_${j} = 0.0;`).join(" ")}
  ${fetch(a, threads)}
  ${fetch(b, threads)}
  while (start < limit) {
    ${store(a, threads, put(a))}
    ${store(b, threads, put(b))}
    workgroupBarrier();
    start += ${depthStep}u;
    if (start < limit) {
    ${fetch(a, threads)}
    ${fetch(b, threads)}
    }
    for (var vector = 0u; vector < ${depthVectors}u; vector++) {
      ${fragmentA.code}
      ${fragmentB.code}
      ${products.join("\n      ")}
    }
    workgroupBarrier();
  }
  ${writes.join("\n  ")}
}`,
  };
}
