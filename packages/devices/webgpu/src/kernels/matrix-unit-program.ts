import {
  fetch,
  floatsOf,
  type Operand,
  place,
  productUniforms,
  store,
  tileVectors,
  waitingValues,
} from "./mat-mul-operand.js";
import { type Dialect, type MatrixUnit, nativeDialect, type UnitTile } from "./matrix-units.js";
import type { Program } from "./program.js";
import { nameOfStored, type StoredVariant, storedReads, storedUniforms, storedValues } from "./stored-values.js";

/** Parameters of a product on matrix units. */
export interface UnitVariant {
  readonly unit: MatrixUnit;
  readonly tile: UnitTile;
  /** Whether operands are the sum of two numbers in half precision, so that products are nearly those of float32. */
  readonly split: boolean;
  /** Tiles of each operand in workgroup memory: with 2, the next is stored while the current one is multiplied. */
  readonly buffers: 1 | 2;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether the extents of A (of B) along memory are multiples of 4. */
  readonly quadsA: boolean;
  readonly quadsB: boolean;
  /** Whether a tile of C may be whole, and is then stored as units; WGSL takes no result for that which is smaller than a unit. */
  readonly whole: boolean;
  /** How B is stored; absent: as float32. */
  readonly stored?: StoredVariant | undefined;
  /** Whether a bias (columns) is added. */
  readonly bias?: boolean;
}

/** Depth of a tile: less where few threads fetch it. */
const depthOf = ({ K, subgroup }: MatrixUnit): number => (subgroup >= 32 ? 32 : Math.max(K, 16));
/** Values between lines of a tile, so that 8 lines lie in different banks. */
const gap = 8;
/** A second number is kept times 2^11, the precision of the first, so that it is no subnormal where the first is none. */
const lowScale = 2 ** 11;
/**
 * WGSL: the number of half precision that is nearest, ties away from 0. On bits, since a compiler may leave out a rounding that is undone at
 * once, and the rest would be 0.
 */
const nearestHalf = `
fn nearestHalf(value: vec4f) -> vec4f {
  let bits = bitcast<vec4u>(value);
  let exponent = (bits >> vec4u(23u)) & vec4u(255u);
  let dropped = min(vec4u(126u) - min(exponent, vec4u(113u)), vec4u(23u)); // more where the half is subnormal
  let kept = (bits + (vec4u(1u) << (dropped - vec4u(1u)))) & (vec4u(0xffffffffu) << dropped);
  return select(bitcast<vec4f>(kept), vec4f(), exponent < vec4u(103u));
}`;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Rows and columns of a tile, and threads that compute it. */
export function extentsOf({ gridRows, gridColumns, partRows, partColumns }: UnitTile, { subgroup }: MatrixUnit) {
  const groups = gridRows * gridColumns;
  return { rows: gridRows * partRows, columns: gridColumns * partColumns, groups, threads: groups * subgroup };
}

/** Bytes of workgroup memory: tiles of both operands, and a unit's result for each subgroup. */
export function workgroupBytes(
  { unit, tile, split, buffers }: Pick<UnitVariant, "unit" | "tile" | "split" | "buffers">,
  dialect: Dialect = nativeDialect,
): number {
  const { rows, columns, groups } = extentsOf(tile, unit);
  const depthStep = depthOf(unit);
  const lines = (count: number): number => Math.max(count * (depthStep + gap), depthStep * (count + gap));
  const values = buffers * (split ? 2 : 1) * (lines(rows) + lines(columns));
  return dialect.bytes * values + 4 * scratchFloats(unit, groups, split);
}

const scratchFloats = ({ M, N }: MatrixUnit, groups: number, split: boolean): number =>
  groups * M * N * (split ? 2 : 1);

/**
 * `C = op(A) op(B)`, batched, on matrix units: operands in half precision, sums in float32. Tiles of A and B are rounded as they are fetched
 * to workgroup memory, the next while the current ones are multiplied. Each subgroup keeps its part of C in units of M x N.
 *
 * With `split`, an operand is `high + low / 2^11` in two such numbers, and a product the sum of three: `high high`, and apart
 * `high low + low high`. What is left out is below 2^-21 of the product.
 *
 * Values of C are added up over the depth in the same order in any tile. With `splits`, the depth is cut into pieces of `splitDepth`.
 */
export function matrixUnitProgram(variant: UnitVariant, dialect: Dialect = nativeDialect): Program {
  const { unit, tile, split, buffers, transposeA, transposeB, quadsA, quadsB, whole, stored, bias = false } = variant;
  const { M, N, K, subgroup } = unit;
  const { rows, columns, groups, threads } = extentsOf(tile, unit);
  const depthStep = depthOf(unit);
  const waiting = split ? { type: "vec4f", from: String } : { type: dialect.four, from: dialect.rounded };
  const pitch = (depthFirst: boolean, lines: number): number => ((depthFirst ? depthStep : lines) + gap) / 4;
  const a: Operand = {
    ...{ name: "a", lines: rows, depth: depthStep, depthFirst: !transposeA, count: "rows", wholeQuads: quadsA },
    ...{ four: floatsOf("a", quadsA), waiting, pitch: pitch(!transposeA, rows) },
  };
  const b: Operand = {
    ...{ name: "b", lines: columns, depth: depthStep, depthFirst: transposeB, count: "columns", wholeQuads: quadsB },
    ...{ four: stored === undefined ? floatsOf("b", quadsB) : "storedFrom(at)", waiting },
    pitch: pitch(transposeB, columns),
  };
  const operands = [a, b] as const;
  const down = range(tile.partRows / M);
  const across = range(tile.partColumns / N);
  const cells = down.flatMap((i) => across.map((j) => ({ i, j, name: `${i}_${j}` })));
  const layers = split ? (["high", "low"] as const) : (["high"] as const);
  /** WGSL: where a layer of a tile begins. */
  const layerAt = (operand: Operand, layer: string, buffer: string): string =>
    `${buffer} * ${layers.length * tileVectors(operand)}u + ${layer === "low" ? tileVectors(operand) : 0}u`;
  const put = (operand: Operand, buffer: string): string =>
    store(operand, threads, (at, value) => {
      const into = (layer: string) => `tile_${operand.name}[${layerAt(operand, layer, buffer)} + ${at}]`;
      if (!split) return `${into("high")} = ${value};`;
      const rest = dialect.rounded(`(${value} - high) * ${lowScale}.0`);
      return `{ let high = nearestHalf(${value}); ${into("high")} = ${dialect.rounded("high")}; ${into("low")} = ${rest}; }`;
    });
  /** WGSL: the unit's operand that begins at a line of the part, for a `step` of the depth. */
  const loaded = (operand: Operand, layer: string, index: number): string => {
    const [side, first, size] =
      operand.name === "a" ? (["left", "partRow", M] as const) : (["right", "partColumn", N] as const);
    const { depthFirst, pitch: stride } = operand;
    const line = `(${first} + ${index * size}u)`;
    const within = depthFirst ? `${line} * ${stride}u + step * ${K / 4}u` : `step * ${K * stride}u + ${line} / 4u`;
    const offset = `${layerAt(operand, layer, "buffer")} + ${within}`;
    return dialect.operand(side, { tile: `tile_${operand.name}`, offset, stride, depthFirst }, unit);
  };
  const multiply = [
    ...layers.flatMap((layer) => down.map((i) => `let a_${layer}${i} = ${loaded(a, layer, i)};`)),
    ...layers.flatMap((layer) => across.map((j) => `let b_${layer}${j} = ${loaded(b, layer, j)};`)),
    ...cells.flatMap(({ i, j, name }) => [
      dialect.add(`a_high${i}`, `b_high${j}`, `c${name}`),
      ...(split
        ? [dialect.add(`a_high${i}`, `b_low${j}`, `d${name}`), dialect.add(`a_low${i}`, `b_high${j}`, `d${name}`)]
        : []),
    ]),
  ];
  const sums = split ? ["c", "d"] : ["c"];
  const scratchAt = `part * ${M * N}u`;
  const lowAt = `${groups * M * N}u + ${scratchAt}`;
  const eachOfUnit = (body: string): string => `for (var e = lane; e < ${M * N}u; e += ${subgroup}u) { ${body} }`;
  const withBias = across.map(
    (j) => `
  ${eachOfUnit(`scratch[${scratchAt} + e] = bias[column + partColumn + ${j * N}u + e % ${N}u];`)}
  workgroupBarrier();
  ${down.map((i) => dialect.take(`c${i}_${j}`, scratchAt, unit)).join("\n  ")}
  workgroupBarrier();`,
  );
  const at = (i: number, j: number): string =>
    `base + (partRow + ${i * M}u) * uniforms.columns + partColumn + ${j * N}u`;
  const guarded = cells.map(({ i, j, name }) => {
    const value = `scratch[${scratchAt} + e]${split ? ` + scratch[${lowAt} + e] * ${1 / lowScale}` : ""}`;
    return `
  ${dialect.give(`c${name}`, "scratch", scratchAt, `${N}u`, unit)}
  ${split ? dialect.give(`d${name}`, "scratch", lowAt, `${N}u`, unit) : ""}
  workgroupBarrier();
  ${eachOfUnit(`let i = e / ${N}u; let j = e % ${N}u;
    if (row + partRow + ${i * M}u + i < uniforms.rows && column + partColumn + ${j * N}u + j < uniforms.columns) {
      result[${at(i, j)} + i * uniforms.columns + j] = ${value};
    }`)}
  workgroupBarrier();`;
  });
  const direct = cells.map(({ i, j, name }) => dialect.give(`c${name}`, "result", at(i, j), "uniforms.columns", unit));
  const isWhole = `row + ${rows}u <= uniforms.rows && column + ${columns}u <= uniforms.columns && uniforms.columns % 4u == 0u`;
  const next = `${put(a, buffers === 2 ? "(1u - buffer)" : "buffer")}\n    ${put(b, buffers === 2 ? "(1u - buffer)" : "buffer")}`;
  return {
    name: nameOfUnitProgram(variant),
    enables: dialect.enables(unit),
    reads: [
      quadsA ? "a: vec4f" : "a",
      ...(stored === undefined ? [quadsB ? "b: vec4f" : "b"] : storedReads(stored)),
      ...(bias ? ["bias"] : []),
    ],
    writes: ["result"],
    uniforms: [...productUniforms, ...(stored === undefined ? [] : storedUniforms)],
    source: `${stored === undefined ? "" : storedValues(stored)}
${split ? nearestHalf : ""}
${operands.map((each) => `var<workgroup> tile_${each.name}: array<${dialect.four}, ${buffers * layers.length * tileVectors(each)}>;`).join("\n")}
var<workgroup> scratch: array<f32, ${scratchFloats(unit, groups, split)}>;
${dialect.declarations(unit)}
${dialect.entry(unit, threads)}
  let partRow = part / ${tile.gridColumns}u * ${tile.partRows}u;
  let partColumn = part % ${tile.gridColumns}u * ${tile.partColumns}u;
  ${place(rows, columns)}
  ${operands.flatMap((each) => waitingValues(each, threads)).join("\n  ")}
  ${cells.flatMap(({ name }) => sums.map((sum) => dialect.zeros(`${sum}${name}`, unit))).join("\n  ")}
  ${bias ? withBias.join("\n") : ""}
  var buffer = 0u;
  ${operands.map((each) => `${fetch(each, threads)}\n  ${put(each, "buffer")}`).join("\n  ")}
  workgroupBarrier();
  while (start < limit) {
    start += ${depthStep}u;
    if (start < limit) {
    ${operands.map((each) => fetch(each, threads)).join("\n    ")}
    }
    for (var step = 0u; step < ${depthStep / K}u; step++) {
      ${multiply.join("\n      ")}
    }
    ${buffers === 2 ? "" : "workgroupBarrier();"}
    if (start < limit) {
    ${next}
    }
    ${buffers === 2 ? "buffer = 1u - buffer;" : ""}
    workgroupBarrier();
  }
  ${split || !whole ? guarded.join("") : `if (${isWhole}) {\n  ${direct.join("\n  ")}\n  } else {${guarded.join("")}\n  }`}
}`,
  };
}

/** The name of a product's program, by which it is known. */
export function nameOfUnitProgram({
  unit,
  tile,
  split,
  buffers,
  transposeA,
  transposeB,
  quadsA,
  quadsB,
  whole,
  stored,
  bias,
}: UnitVariant): string {
  const { M, N, K, subgroup } = unit;
  const { rows, columns } = extentsOf(tile, unit);
  return [
    `matMul ${rows}x${columns} by units ${M}x${N}x${K} of ${subgroup}`,
    ...(split ? ["in 3 products"] : []),
    ...(buffers === 2 ? ["with 2 buffers"] : []),
    ...(whole && !split ? ["whole"] : []),
    ...(transposeA ? ["A^T"] : []),
    ...(quadsA ? ["A in quads"] : []),
    ...(transposeB ? ["B^T"] : []),
    ...(quadsB ? ["B in quads"] : []),
    ...(stored === undefined ? [] : [`of ${nameOfStored(stored)}`]),
    ...(bias ? ["+ bias"] : []),
  ].join(" ");
}
