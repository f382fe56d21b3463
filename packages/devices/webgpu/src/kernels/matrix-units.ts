/** A matrix unit as an adapter lists it, for operands in half precision and sums in float32. */
export interface MatrixUnit {
  /** Rows and columns of a product's result, and its depth. */
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Threads that compute one such product together. */
  readonly subgroup: number;
  /** Whether a program must ask for subgroups of this size, since the adapter has several. */
  readonly pinned: boolean;
}

/** A workgroup's tile of C: a grid of subgroups, each of which computes a part. */
export interface UnitTile {
  readonly gridRows: number;
  readonly gridColumns: number;
  readonly partRows: number;
  readonly partColumns: number;
}

/** How WGSL speaks to matrix units. The programs are the same for any dialect; tests have one of loops, for adapters without such units. */
export interface Dialect {
  readonly enables: (unit: MatrixUnit) => readonly string[];
  /** Type of four values of a tile, the bytes of one, and WGSL that rounds four floats to it. */
  readonly four: string;
  readonly bytes: number;
  readonly rounded: (four: string) => string;
  /** WGSL at the module's and at the entry point's start; the latter declares `part`, the subgroup's number, and `lane`, the thread's in it. */
  readonly declarations: (unit: MatrixUnit) => string;
  readonly entry: (unit: MatrixUnit, threads: number) => string;
  /** WGSL: declares sums, all 0. */
  readonly zeros: (name: string, unit: MatrixUnit) => string;
  /** WGSL: an operand in a tile, whose `offset` and `stride` count vectors of four. */
  readonly operand: (side: "left" | "right", at: OperandPlace, unit: MatrixUnit) => string;
  /** WGSL: adds a product to sums. */
  readonly add: (left: string, right: string, sums: string) => string;
  /** WGSL: takes sums from the scratch, or gives them to it or the result, whose offsets and strides count floats. */
  readonly take: (sums: string, offset: string, unit: MatrixUnit) => string;
  readonly give: (sums: string, to: "scratch" | "result", offset: string, stride: string, unit: MatrixUnit) => string;
}

/** Where an operand of a matrix unit lies in workgroup memory. */
interface OperandPlace {
  readonly tile: string;
  readonly offset: string;
  readonly stride: number;
  /** Whether neighbours in memory are neighbours in depth. */
  readonly depthFirst: boolean;
}

const left = ({ K, M }: MatrixUnit): string => `subgroup_matrix_left<f16, ${K}, ${M}>`;
const right = ({ K, N }: MatrixUnit): string => `subgroup_matrix_right<f16, ${N}, ${K}>`;
const result = ({ M, N }: MatrixUnit): string => `subgroup_matrix_result<f32, ${N}, ${M}>`;

/** Dawn's experimental built-ins: types are of an element, columns and rows; offsets and strides count what the array holds. */
export const nativeDialect: Dialect = {
  enables: ({ pinned }) => [
    ...["f16", "subgroups", "chromium_experimental_subgroup_matrix"],
    ...(pinned ? ["subgroup_size_control"] : []),
  ],
  four: "vec4<f16>",
  bytes: 2,
  rounded: (four) => `vec4<f16>(${four})`,
  declarations: () => "",
  entry: ({ pinned, subgroup }, threads) => `
@compute @workgroup_size(${threads})${pinned ? ` @subgroup_size(${subgroup})` : ""}
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) workgroup: vec3u,
        @builtin(subgroup_id) part: u32, @builtin(subgroup_invocation_id) lane: u32) {`,
  zeros: (name, unit) => `var ${name}: ${result(unit)};`,
  operand: (side, { tile, offset, stride, depthFirst }, unit) => {
    const byRow = depthFirst === (side === "left");
    const type = side === "left" ? left(unit) : right(unit);
    return `subgroupMatrixLoad<${type}, ${byRow ? "row_major" : "col_major"}>(&${tile}, ${offset}, ${stride}u)`;
  },
  add: (a, b, sums) => `${sums} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sums});`,
  take: (sums, offset, unit) =>
    `${sums} = subgroupMatrixLoad<${result(unit)}, row_major>(&scratch, ${offset}, ${unit.N}u);`,
  give: (sums, to, offset, stride) => `subgroupMatrixStore<row_major>(&${to}, ${offset}, ${sums}, ${stride});`,
};
